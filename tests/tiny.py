"""Small, randomly initialised models written to disk: the real classes of their families, a few hundred kilobytes."""

import json

VOCABULARY = ("red running shoe", "a blue coffee mug", "espresso machine, 15 bar, black", "query: passage:")
SPECIAL = ("<pad>", "<unk>", "<s>", "</s>")  # ids 0 to 3
VISION = {"image_size": 64, "patch_size": 16, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
TEXT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


def tokenizer(limit, more=(), **given):
    """Byte pairs learnt from VOCABULARY; every text begins and ends with a mark."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    pieces = Tokenizer(models.BPE(unk_token="<unk>"))
    pieces.normalizer = normalizers.Lowercase()
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learn = trainers.BpeTrainer(special_tokens=[*SPECIAL, *more], initial_alphabet=alphabet, show_progress=False)
    pieces.train_from_iterator(VOCABULARY, learn)
    marks = [("<s>", 2), ("</s>", 3)]
    pieces.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=marks)
    names = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=pieces, model_max_length=limit, **names, **given)


def clip(folder, limit=77, seed=0):
    """A CLIP of 24 dimensions. ``limit``: what its tokenizer states; the text tower has 77 positions."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

    torch.manual_seed(seed)
    words = tokenizer(limit)
    marks = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    text = {"vocab_size": len(words), "max_position_embeddings": 77, "projection_dim": 24, **TEXT, **marks}
    vision = {"intermediate_size": 64, "projection_dim": 24, **VISION}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).save_pretrained(folder)
    pictures = CLIPImageProcessor(size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64})
    CLIPProcessor(image_processor=pictures, tokenizer=words).save_pretrained(folder)


def siglip(folder):
    """A SigLIP of 32 dimensions. Like the real ones its text tower reads position 64, and padding is not marked."""
    import torch
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipProcessor

    torch.manual_seed(1)
    words = tokenizer(64, model_input_names=["input_ids"])
    text = {"vocab_size": len(words), "max_position_embeddings": 64, "projection_size": 32, **TEXT}
    marks = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    config = SiglipConfig(text_config={**text, **marks}, vision_config={"intermediate_size": 64, **VISION})
    SiglipModel(config).save_pretrained(folder)
    pictures = SiglipImageProcessor(size={"height": 64, "width": 64})
    SiglipProcessor(image_processor=pictures, tokenizer=words).save_pretrained(folder)


def sentences(folder, asked=None):
    """A text model of 32 dimensions, mean pooling. ``asked``: its prompts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(2)
    words = tokenizer(128)
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=128, **TEXT)).save_pretrained(folder / "bert")
    words.save_pretrained(folder / "bert")
    model = SentenceTransformer(str(folder / "bert"), device="cpu", prompts=asked, local_files_only=True)
    model.save(str(folder), create_model_card=False)


def clap(folder):
    """A CLAP of 24 dimensions for words and sound, which it takes at 48 kHz."""
    import torch
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel, ClapProcessor

    torch.manual_seed(4)
    words = tokenizer(77)
    marks = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    text = {"vocab_size": len(words), "max_position_embeddings": 80, "projection_dim": 24, **TEXT, **marks}
    sound = {"patch_embeds_hidden_size": 16, "hidden_size": 32, "depths": [1, 1], "num_attention_heads": [2, 4]}
    size = {"spec_size": 64, "window_size": 4, "num_mel_bins": 16, "projection_dim": 24, "num_hidden_layers": 2}
    ClapModel(ClapConfig(text_config=text, audio_config={**sound, **size}, projection_dim=24)).save_pretrained(folder)
    windows = {"feature_size": 16, "max_length_s": 2, "truncation": "rand_trunc", "padding": "repeatpad"}
    ClapProcessor(feature_extractor=ClapFeatureExtractor(**windows), tokenizer=words).save_pretrained(folder)


GEMMA_MARKS = {
    "image_token": "<|image|>",
    "audio_token": "<|audio|>",
    "boi_token": "<|image>",
    "eoi_token": "<image|>",
    "boa_token": "<|audio>",
    "eoa_token": "<audio|>",
}
GEMMA_TEMPLATE = """{% for message in messages %}{% for part in message['content'] %}\
{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}{{ '<|' + part['type'] + '|>' }}{% endif %}\
{% endfor %}{% endfor %}"""


def gemma(folder):
    """An EmbeddingGemma 2 of 48 dimensions for words, pictures, sound and video; opening it needs torchvision."""
    import torch
    from transformers import EmbeddingGemma2Config, EmbeddingGemma2Model

    torch.manual_seed(3)
    marks = [*GEMMA_MARKS.values(), "<|video|>"]
    words = tokenizer(512, marks, extra_special_tokens=GEMMA_MARKS)
    ids = dict(zip(GEMMA_MARKS, words.convert_tokens_to_ids(list(GEMMA_MARKS.values())), strict=True))
    tower = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = {
        "vocab_size": len(words),
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_hidden_layers": 6,
        "head_dim": 16,
    }
    sizes = {"global_head_dim": 32, "hidden_size_per_layer_input": 16, "embedding_dim": 48, "sliding_window": 64}
    vision = {"model_type": "gemma4_vision", "head_dim": 16, "num_key_value_heads": 2, "intermediate_size": 64, **tower}
    audio = {"model_type": "gemma4_audio", "output_proj_dims": 64, "subsampling_conv_channels": [128, 8], **tower}
    config = EmbeddingGemma2Config(
        text_config={**text, **sizes, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3},
        vision_config=vision,
        audio_config=audio,
        eoa_token_index=ids["eoa_token"],
        video_token_id=words.convert_tokens_to_ids("<|video|>"),
        **{f"{name}_id": ids[name] for name in GEMMA_MARKS if name != "eoa_token"},
    )
    EmbeddingGemma2Model(config).save_pretrained(folder)
    words.save_pretrained(folder)
    (folder / "chat_template.jinja").write_text(GEMMA_TEMPLATE, "utf-8")
    _gemma_parts(folder)


def _gemma_parts(folder):
    """What the classes would save themselves, were torchvision there to build them."""
    parts = {
        "feature_extractor": {"feature_extractor_type": "Gemma4AudioFeatureExtractor"},
        "image_processor": {"image_processor_type": "Gemma4ImageProcessor", "max_soft_tokens": 70},
        "video_processor": {"video_processor_type": "EmbeddingGemma2VideoProcessor"},
    }
    _write(folder / "processor_config.json", {"processor_class": "EmbeddingGemma2Processor", **parts})
    library = "sentence_transformers"
    kinds = (
        ("", f"{library}.base.modules.transformer.Transformer"),
        ("1_Pooling", f"{library}.sentence_transformer.modules.pooling.Pooling"),
        ("2_Normalize", f"{library}.base.modules.normalize.Normalize"),
    )
    rows = [{"idx": n, "name": str(n), "path": path, "type": kind} for n, (path, kind) in enumerate(kinds)]
    _write(folder / "modules.json", rows)
    _write(folder / "1_Pooling" / "config.json", {"embedding_dimension": 48, "pooling_mode": "mean"})
    _write(folder / "config_sentence_transformers.json", {"prompts": {"query": "query: ", "document": "passage: "}})


def _write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


def set_in(path, **values):
    """Change entries of a JSON file."""
    _write(path, {**json.loads(path.read_text("utf-8")), **values})
