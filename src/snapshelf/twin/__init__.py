"""An offline twin of Amazon Nova Multimodal Embeddings and Amazon S3 Vectors that real boto3 clients talk to."""
