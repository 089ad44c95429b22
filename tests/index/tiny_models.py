"""Sentence-transformers models of some thousand random weights, saved as real ones are."""

from pathlib import Path

FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert", "mpnet", "distilbert")
_SIZES = {"vocab_size": 120, "max_position_embeddings": 66, "pad_token_id": 0}
_BERT_SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
_DISTILBERT_SIZES = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48}


def make_model(folder: Path, family: str = "bert", *, pooling: str = "mean", max_tokens: int = 64, dense: bool = False, **config) -> Path:
    """A model of this family with weights from a fixed seed; returns its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(7)
    sizes = _DISTILBERT_SIZES if family == "distilbert" else _BERT_SIZES
    model = AutoModel.from_config(AutoConfig.for_model(family, **_SIZES, **sizes, **config))
    with torch.no_grad():
        for weight in model.parameters():  # so that biases and normalisations are not the zeros and ones they begin as
            weight.add_(torch.randn_like(weight) * 0.3)
    bare = folder.with_name(folder.name + "-bare")
    model.save_pretrained(bare)
    _tokenizer().save_pretrained(bare)
    modules = [Transformer(str(bare), max_seq_length=max_tokens), Pooling(32, pooling), Normalize()]
    if dense:
        modules.insert(2, Dense(32, 16))
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    return folder


def _tokenizer():
    """Characters and a few words, in small letters."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    signs = "abcdefghijklmnopqrstuvwxyz0123456789.,?!'-"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs, *("##" + sign for sign in signs), "the", "tide", "##ing"]
    tokenizer = Tokenizer(models.WordPiece({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\s+"), "removed")
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)
