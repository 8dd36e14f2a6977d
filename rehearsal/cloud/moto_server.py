"""Runs moto's server on a free port of 127.0.0.1, prints the port, and ends when its standard input closes.

The pipe is what ties it to its parent: whatever way the parent goes, the pipe closes and moto goes too.
"""

import os
import signal
import sys

from moto.server import ThreadedMotoServer

# Ctrl-C reaches the whole process group; the parent alone decides when moto ends.
signal.signal(signal.SIGINT, signal.SIG_IGN)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.buffer.read()
os._exit(0)
