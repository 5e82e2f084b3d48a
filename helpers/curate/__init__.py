"""From a text to rows: what a numeral is, what text and record differ in, pairs, a draft."""
