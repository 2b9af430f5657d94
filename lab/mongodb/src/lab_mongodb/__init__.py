"""A stand-in for mongod: speaks MongoDB's protocol, keeps users and roles, and leaves the data to FerretDB."""

VERSION = '8.0.0'
