"""How gunicorn serves the trial app; the port comes from the unit."""

import os

# All interfaces, and not loopback alone: `npm run up` and Vagrant forward a port of the caller's machine to the
# guest's own address, which a loopback listener never sees. Nothing here needs to be kept from the network.
bind = f'0.0.0.0:{os.environ["TRIAL_APP_PORT"]}'

# One process: each one would import the tracer anew, seconds of work on an emulated CPU. Threads serve in parallel.
workers = 1
worker_class = 'gthread'
threads = 4

# Without a hard file system underneath: the worker's heartbeat must not wait for a disk under load.
worker_tmp_dir = '/dev/shm'
# Long, since importing the tracer counts as start-up and an emulated CPU needs its time.
timeout = 120
graceful_timeout = 5

# The app logs requests itself, as JSON with the trace's id; gunicorn's own messages go to the journal.
accesslog = None
# gunicorn 25 and newer open a control socket in the home directory, which this service doesn't have.
control_socket_disable = True
