"""Runs moto's server on a Unix socket, prints its path, and ends when its standard input closes.

A socket of the file system is reached by no browser, and its folder is open to this user alone.

The pipe is what ties it to its parent: whatever way the parent goes, the pipe closes and moto goes too.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from moto.dynamodb.responses import DynamoHandler
from moto.ec2.models.amis import Ami
from moto.route53 import models as route53
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto_acm import teach
from moto_edge import teach_edge
from werkzeug.serving import make_server

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

teach_edge()

# Ctrl-C reaches the whole process group; the parent alone decides when moto ends.
signal.signal(signal.SIGINT, signal.SIG_IGN)
folder = tempfile.mkdtemp(prefix="bluegreen-moto-")
path = os.path.join(folder, "moto")
app = DomainDispatcherApplication(create_backend_app)
server = make_server(f"unix://{path}", 0, app, threaded=True, request_handler=MotoRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(path, flush=True)
sys.stdin.buffer.read()
shutil.rmtree(folder, ignore_errors=True)
os._exit(0)
