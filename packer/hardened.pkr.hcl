# hardened: base with the rules of the CIS benchmark that README.md lists. Its parent is named, never looked for.
build {
  name = "hardened"

  source "amazon-ebs.layer" {
    ami_name        = "bluegreen-hardened-${formatdate("YYYY-MM-DD", local.built_at)}-${local.stamp}"
    ami_description = "bluegreen hardened: base with the rules of the CIS Amazon Linux 2023 benchmark"
    source_ami      = var.parent_ami
    tags            = merge(local.tags, { Name = "bluegreen-hardened" })
    snapshot_tags   = merge(local.tags, { Name = "bluegreen-hardened" })
    run_tags        = { Name = "bluegreen-bake-hardened", Environment = var.environment }
  }

  provisioner "shell" {
    execute_command = local.upload_command
    inline          = ["mkdir -p /tmp/goss"]
  }
  provisioner "file" {
    source      = "${path.root}/../goss/"
    destination = "/tmp/goss"
  }

  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/hardened/install-packages.sh",
      "${path.root}/scripts/hardened/disable-modules.sh",
      "${path.root}/scripts/hardened/configure-kernel.sh",
      "${path.root}/scripts/hardened/configure-mounts.sh",
      "${path.root}/scripts/hardened/disable-services.sh",
      "${path.root}/scripts/hardened/configure-selinux.sh",
      "${path.root}/scripts/hardened/restrict-passwords.sh",
      "${path.root}/scripts/hardened/configure-pam.sh",
      "${path.root}/scripts/hardened/restrict-sessions.sh",
      "${path.root}/scripts/hardened/restrict-privileges.sh",
      "${path.root}/scripts/hardened/restrict-schedulers.sh",
      "${path.root}/scripts/hardened/configure-audit.sh",
      "${path.root}/scripts/hardened/configure-logrotate.sh",
      "${path.root}/scripts/hardened/set-banners.sh",
    ]
  }
  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["SSH_USERNAME=${var.ssh_username}"]
    script           = "${path.root}/scripts/hardened/configure-ssh.sh"
  }
  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/hardened/disable-ssh.sh",
      "${path.root}/scripts/hardened/set-permissions.sh",
    ]
  }

  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["LAYER=hardened"]
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
      layer       = "hardened"
      version     = ""
      commit      = var.commit
      environment = var.environment
      parent      = build.SourceAMI
      parent_name = build.SourceAMIName
    }
  }
}
