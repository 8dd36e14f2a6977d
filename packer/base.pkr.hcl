locals {
  # Both kernel lines match al2023-ami-2023.*: without the line in the name the newer image would decide which one it is.
  base_ami_name = var.base_ami_name == "" ? "al2023-ami-2023.*-kernel-${var.kernel}-${var.architecture}" : var.base_ami_name
}

# base: the newest Amazon Linux 2023 with updates, agents, Node and Goss. The only layer that looks for its parent.
build {
  name = "base"

  source "amazon-ebs.layer" {
    ami_name        = "bluegreen-base-${formatdate("YYYY-MM-DD", local.built_at)}-${local.stamp}"
    ami_description = "bluegreen base: Amazon Linux 2023 with updates, agents, Node and Goss"
    source_ami_filter {
      filters = {
        name                = local.base_ami_name
        architecture        = var.architecture
        root-device-type    = "ebs"
        virtualization-type = "hvm"
        state               = "available"
      }
      owners      = var.base_ami_owners
      most_recent = true
    }
    tags          = merge(local.tags, { Name = "bluegreen-base" })
    snapshot_tags = merge(local.tags, { Name = "bluegreen-base" })
    run_tags      = { Name = "bluegreen-bake-base", Environment = var.environment }
  }

  provisioner "shell" {
    execute_command = local.upload_command
    inline          = ["mkdir -p /tmp/tools /tmp/goss"]
  }
  provisioner "file" {
    # Packer prints a source that it can't find: for a missing variable that is the way to say what to do.
    source      = var.goss == "" ? "goss is not set: -var goss=<path of a Goss binary for linux>" : var.goss
    destination = "/tmp/tools/goss"
  }
  provisioner "file" {
    # A file provisioner can't be left out: without an archive the step's own script takes its place, unread.
    source      = var.node_archive == "" ? "${path.root}/scripts/base/install-node.sh" : var.node_archive
    destination = "/tmp/tools/node.tar.gz"
  }
  provisioner "file" {
    source      = "${path.root}/../goss/"
    destination = "/tmp/goss"
  }

  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/base/update-packages.sh",
      "${path.root}/scripts/base/install-packages.sh",
    ]
  }
  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["NODE_ARCHIVE=${var.node_archive == "" ? "" : "/tmp/tools/node.tar.gz"}"]
    script           = "${path.root}/scripts/base/install-node.sh"
  }
  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["GOSS=/tmp/tools/goss"]
    script           = "${path.root}/scripts/base/install-goss.sh"
  }
  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/base/enable-agents.sh",
      "${path.root}/scripts/base/configure-journald.sh",
      "${path.root}/scripts/base/configure-time.sh",
    ]
  }

  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["LAYER=base"]
    script           = "${path.root}/scripts/shared/install-specs.sh"
  }
  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/shared/clean-packages.sh",
      "${path.root}/scripts/shared/clean-up.sh",
      "${path.root}/scripts/shared/validate.sh",
    ]
  }
  provisioner "file" {
    direction   = "download"
    source      = "/run/bluegreen-bake/report.json"
    destination = var.report
  }
  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/shared/check-verdict.sh",
      "${path.root}/scripts/shared/record-contents.sh",
    ]
  }
  provisioner "file" {
    direction   = "download"
    sources     = [for paper in ["system.json", "packages.tsv"] : "/run/bluegreen-bake/${paper}"]
    destination = "${var.contents}/"
  }

  post-processor "manifest" {
    output = var.manifest
    custom_data = {
      layer       = "base"
      version     = ""
      commit      = var.commit
      environment = var.environment
      parent      = build.SourceAMI
      parent_name = build.SourceAMIName
    }
  }
}
