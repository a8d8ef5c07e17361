"""Amazon Nova Multimodal Embeddings behind the twin's port: one call at a time, and jobs that work through a file."""
