# What the images of prod are baked with. Network and keys are the account's: give them with -var or a file of your own.
environment      = "prod"
instance_profile = "bluegreen-bake"
architecture     = "arm64"
