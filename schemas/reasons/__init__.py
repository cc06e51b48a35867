"""Every refusal, verdict, warning, alert and dead-letter code: what it means, who must act, what is done. The only list of codes."""

from schemas.reasons.table import REASONS, Disposition, Party, Reason, sentence_en, sentence_vi

__all__ = ["REASONS", "Disposition", "Party", "Reason", "sentence_en", "sentence_vi"]
