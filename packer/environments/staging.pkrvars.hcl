# What the images of staging are baked with. Network and keys are the account's: give them with -var or a file of your own.
environment      = "staging"
instance_profile = "bluegreen-bake"
architecture     = "arm64"
