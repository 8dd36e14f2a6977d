locals {
  app_tags = {
    Name      = "bluegreen-app-${var.version}"
    Version   = var.version
    SchemaMin = "${var.schema_min}"
    SchemaMax = "${var.schema_max}"
    # The image answers the launch lifecycle hook of this name; the stack gives a group the hook only with this tag.
    BootGate = "boot-gate"
  }

  # Packer prints a source that it can't find: for a missing variable that is the way to say what to do.
  release = (var.version == "" ? "version is not set: -var version=vX.Y.Z" :
  var.release == "" ? "release is not set: -var release=<folder of the release>" : var.release)
}

# app: hardened with one release of the service, its units and the boot gate. Its parent is named, never looked for.
build {
  name = "app"

  source "amazon-ebs.layer" {
    ami_name        = "bluegreen-app-${var.version}-${local.stamp}"
    ami_description = "bluegreen app ${var.version}"
    source_ami      = var.parent_ami
    tags            = merge(local.tags, local.app_tags)
    snapshot_tags   = merge(local.tags, local.app_tags)
    run_tags        = { Name = "bluegreen-bake-app", Environment = var.environment }
  }

  provisioner "shell" {
    execute_command = local.upload_command
    inline          = ["mkdir -p /tmp/release /tmp/files /tmp/goss"]
  }
  provisioner "file" {
    sources     = [for file in ["app.cjs", "app.cjs.map", "release.json"] : "${local.release}/${file}"]
    destination = "/tmp/release/"
  }
  provisioner "file" {
    source      = var.boot_gate == "" ? "boot_gate is not set: -var boot_gate=<path of boot-gate.cjs>" : var.boot_gate
    destination = "/tmp/boot-gate.cjs"
  }
  provisioner "file" {
    source      = var.app_config == "" ? "${path.root}/files/config.yaml" : var.app_config
    destination = "/tmp/config.yaml"
  }
  provisioner "file" {
    source      = "${path.root}/files/"
    destination = "/tmp/files"
  }
  provisioner "file" {
    source      = "${path.root}/../goss/"
    destination = "/tmp/goss"
  }

  provisioner "shell" {
    execute_command = local.execute_command
    script          = "${path.root}/scripts/app/create-user.sh"
  }
  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["VERSION=${var.version}"]
    script           = "${path.root}/scripts/app/install-release.sh"
  }
  provisioner "shell" {
    execute_command = local.execute_command
    scripts = [
      "${path.root}/scripts/app/install-config.sh",
      "${path.root}/scripts/app/install-units.sh",
      "${path.root}/scripts/app/connect-agent.sh",
    ]
  }

  provisioner "shell" {
    execute_command  = local.execute_command
    environment_vars = ["LAYER=app", "VERSION=${var.version}"]
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
      layer       = "app"
      version     = var.version
      commit      = var.commit
      environment = var.environment
      parent      = build.SourceAMI
      parent_name = build.SourceAMIName
      schema_min  = "${var.schema_min}"
      schema_max  = "${var.schema_max}"
    }
  }
}
