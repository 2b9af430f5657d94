"""A stand-in for mongod: speaks MongoDB's protocol, manages users and roles, and leaves data to FerretDB."""

VERSION = '8.0.0'
