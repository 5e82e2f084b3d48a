"""From a text to rows: what a numeral is and reads, what a text and the record differ in, a draft."""
