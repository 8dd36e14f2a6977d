locals {
  built_at = timestamp()
  stamp    = formatdate("YYYYMMDDhhmmss", local.built_at)

  # The volume is encrypted from the start, and the snapshot is as the volume. Only for other regions or accounts the
  # plugin encrypts anew, by a copy that takes minutes; and then it checks that a shared image has a key to share.
  copied = length(var.ami_regions) + length(var.ami_users) > 0

  # No -E and no login shell: a script gets what its step names and nothing else. Given to bash to be read, because
  # /tmp is noexec on a hardened system; sudo's own path lacks /usr/local/bin on Amazon Linux.
  execute_command = "sudo -n env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin {{ .Vars }} bash '{{ .Path }}'"

  # For the folders of the uploads, which are the user's own: no sudo.
  upload_command = "{{ .Vars }} bash '{{ .Path }}'"

  tags = {
    BuildTime   = local.built_at
    SourceAMI   = "{{ .SourceAMI }}"
    Environment = var.environment
    Commit      = var.commit
  }
}

# What the three layers share. Each build adds its name, its parent and its tags.
source "amazon-ebs" "layer" {
  region              = var.region
  custom_endpoint_ec2 = var.custom_endpoint_ec2
  # The plugin would ask AWS's own STS who somebody is whom another AWS knows.
  skip_credential_validation = var.custom_endpoint_ec2 != ""

  instance_type               = var.instance_type != "" ? var.instance_type : var.architecture == "arm64" ? "t4g.small" : "t3.small"
  iam_instance_profile        = var.instance_profile
  subnet_id                   = var.subnet_id
  associate_public_ip_address = var.associate_public_ip_address
  shutdown_behavior           = "terminate"

  # A hardened parent has no host keys, and starts sshd only where this file is: on a builder, by its own user data.
  user_data               = <<-SCRIPT
    #!/bin/sh
    install -d /run/bluegreen-bake
    touch /run/bluegreen-bake/ssh
    ssh-keygen -A
    systemctl start sshd.service || systemctl start ssh.service
  SCRIPT
  communicator            = "ssh"
  ssh_interface           = var.ssh_interface
  ssh_username            = var.ssh_username
  ssh_timeout             = "10m"
  temporary_key_pair_type = "ed25519"

  # session_manager needs no rule at all. Otherwise the plugin would let the whole world in.
  temporary_security_group_source_cidrs     = var.ssh_interface == "private_ip" ? ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] : null
  temporary_security_group_source_public_ip = var.ssh_interface == "public_ip"

  imds_support = "v2.0"

  # Shown as outdated to other accounts, and to `bake prune`, from then on; it can still be launched, as a rollback must.
  deprecate_at = var.deprecate_after_days == 0 ? "" : timeadd(local.built_at, "${var.deprecate_after_days * 24}h")

  # Nobody deregisters it by mistake. Without EC2's cool-down, which would keep a bad image for 24 hours after that.
  deregistration_protection {
    enabled       = true
    with_cooldown = false
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_type           = "gp3"
    volume_size           = 8
    encrypted             = true
    kms_key_id            = var.kms_key_id
    delete_on_termination = true
  }
  encrypt_boot       = local.copied ? true : null
  kms_key_id         = local.copied ? var.kms_key_id : null
  region_kms_key_ids = { for region in var.ami_regions : region => var.kms_key_id }
  ami_regions        = var.ami_regions
  ami_users          = var.ami_users
  snapshot_users     = var.ami_users

  # An image is ready minutes after its snapshot was asked for; copies take longer.
  aws_polling {
    delay_seconds = 15
    max_attempts  = 240
  }
}
