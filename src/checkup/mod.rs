//! 名单体检: a roster is uploaded and judged; nothing is stored. Clauses: every rule that looks at people in posts.

pub mod roster;
