# What a bake is told. Where: region and network of the builder, its way in, its parent.

variable "region" {
  type        = string
  default     = "eu-central-1"
  description = "Region that the image is built in."
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like eu-central-1: set -var region=<region>."
  }
}

variable "parent_ami" {
  type        = string
  default     = ""
  description = "Image that the layer hardened or app starts from: the id of the layer below. Base takes none."
  validation {
    condition     = var.parent_ami == "" || can(regex("^ami-([0-9a-f]{8}|[0-9a-f]{17})$", var.parent_ami))
    error_message = "The parent_ami must be ami- and 8 or 17 hex digits: give the id of the layer below, from its manifest."
  }
}

variable "architecture" {
  type        = string
  default     = "x86_64"
  description = "Processor of builder and image: x86_64, or arm64 for Graviton. The layers below must be of the same."
  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "The architecture must be x86_64 or arm64."
  }
}

variable "kernel" {
  type        = string
  default     = "6.1"
  description = "Kernel line of Amazon Linux 2023 that base starts from: 6.1, which AWS's own parameter kernel-default names, or 6.12. Updates stay on it."
  validation {
    condition     = contains(["6.1", "6.12"], var.kernel)
    error_message = "The kernel must be one of Amazon Linux 2023's lines: 6.1 or 6.12."
  }
}

variable "base_ami_name" {
  type        = string
  default     = ""
  description = "Name pattern of the images that base starts from; the newest is taken. Empty: Amazon Linux 2023 of kernel and architecture. The minimal images (al2023-ami-minimal-*) have no SSM agent."
}

variable "base_ami_owners" {
  type        = list(string)
  default     = ["amazon"]
  description = "Owners whose images base may start from: account ids, amazon or self."
  validation {
    condition = length(var.base_ami_owners) > 0 && !contains([
      for owner in var.base_ami_owners : can(regex("^([0-9]{12}|amazon|self)$", owner))
    ], false)
    error_message = "The base_ami_owners must name at least one owner: a 12-digit account id, amazon or self."
  }
}

variable "instance_type" {
  type        = string
  default     = ""
  description = "Type of the builder; empty: t3.small, or t4g.small for arm64."
}

variable "instance_profile" {
  type        = string
  default     = ""
  description = "Name of the builder's instance profile, with AmazonSSMManagedInstanceCore. Needed for ssh_interface session_manager."
}

variable "subnet_id" {
  type        = string
  default     = ""
  description = "Subnet of the builder, with a way to Systems Manager; empty: one of the default VPC, which takes associate_public_ip_address."
  validation {
    condition     = var.subnet_id == "" || can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", var.subnet_id))
    error_message = "The subnet_id must be subnet- and 8 or 17 hex digits, or empty for the default VPC."
  }
}

variable "associate_public_ip_address" {
  type        = bool
  default     = false
  description = "Whether the builder gets a public address. Needed only where the subnet has no NAT gateway and no endpoints for ssm, ssmmessages and S3."
}

variable "ssh_interface" {
  type        = string
  default     = "session_manager"
  description = "How Packer reaches the builder's SSH: session_manager opens no port."
  validation {
    condition     = contains(["session_manager", "private_ip", "public_ip"], var.ssh_interface)
    error_message = "The ssh_interface must be session_manager, private_ip or public_ip."
  }
}

variable "ssh_username" {
  type        = string
  default     = "ec2-user"
  description = "User that Packer logs in as; may use sudo without a password."
  validation {
    condition     = can(regex("^[a-z_][a-z0-9_-]{0,31}$", var.ssh_username))
    error_message = "The ssh_username must be a Linux user name: ec2-user on Amazon Linux, admin on Debian."
  }
}

variable "custom_endpoint_ec2" {
  type        = string
  default     = ""
  description = "URL of another EC2 API; empty: AWS. The plugin does not look at AWS_ENDPOINT_URL."
}
