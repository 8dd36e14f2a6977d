# What the images of dev are baked with. Network and keys are the account's: give them with -var or a file of your own.
environment      = "dev"
instance_profile = "bluegreen-bake"
