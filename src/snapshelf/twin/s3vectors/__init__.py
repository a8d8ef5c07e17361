"""Amazon S3 Vectors: the operations of the newest SDK's model, with the limits and the wording of the service."""
