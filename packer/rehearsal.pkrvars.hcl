# The rehearsal bakes the same layers on one machine: Debian 12 in the place of Amazon Linux, a local EC2 API in the
# place of AWS. Given from outside, since they change from run to run: custom_endpoint_ec2, parent_ami, and the files.
environment     = "rehearsal"
base_ami_name   = "bluegreen-rehearsal-debian-12-*"
base_ami_owners = ["self"]
ssh_username    = "admin"

# The local EC2 API has no StartSession: Packer goes straight to the builder's private address.
ssh_interface = "private_ip"
