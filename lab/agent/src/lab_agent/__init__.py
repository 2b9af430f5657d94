"""The lab Agent: a stand-in for the Datadog Agent where Datadog's packages can't be reached."""

VERSION = '7.83.0+lab'
NOTICE = "lab Agent: a stand-in built by boxhound, not Datadog's Agent; it sends nothing beyond loopback"
