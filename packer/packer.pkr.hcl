packer {
  required_version = ">= 1.11.0"

  required_plugins {
    # Pinned exactly: an image is made by what was tried, and tools/packer-plugin.ts gets the same.
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "= 1.8.2"
    }
  }
}
