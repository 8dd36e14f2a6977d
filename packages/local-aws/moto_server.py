"""Runs moto's server on a free port of 127.0.0.1, prints the port, and ends when its standard input closes.

The pipe is what ties it to its parent: whatever way the parent goes, the pipe closes and moto goes too.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from moto.dynamodb.responses import DynamoHandler
from moto.ec2.models.amis import Ami
from moto.route53 import models as route53
from moto.server import ThreadedMotoServer
from moto_acm import teach

# moto forgets what RegisterImage said of an image, and knows no filter for its root device. All images here are alike.
IMAGE = {
    "architecture": "x86_64",
    "root_device_name": "/dev/xvda",
    "root_device_type": "ebs",
    "virtualization_type": "hvm",
}
make_image, filter_value = Ami.__init__, Ami.get_filter_value
Ami.__init__ = lambda self, *args, **options: make_image(self, *args, **{**options, **IMAGE})
Ami.get_filter_value = lambda self, name, *rest: (
    self.root_device_type if name == "root-device-type" else filter_value(self, name, *rest)
)

# Ids of zones begin with Z.
zone_id = route53.create_route53_zone_id
route53.create_route53_zone_id = lambda *args, **options: f"Z{zone_id(*args, **options)}"

# DynamoDB judges a condition and writes in one step. moto's threads could come between the two: one call at a time.
one_at_a_time = threading.RLock()
call_dynamodb = DynamoHandler.call_action


def call_alone(self):
    with one_at_a_time:
        return call_dynamodb(self)


DynamoHandler.call_action = call_alone

if certificates := os.environ["BLUEGREEN_CERTIFICATES"]:
    teach(Path(certificates))

# Ctrl-C reaches the whole process group; the parent alone decides when moto ends.
signal.signal(signal.SIGINT, signal.SIG_IGN)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.buffer.read()
os._exit(0)
