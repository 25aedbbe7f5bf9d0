//! 学生代表大会: how delegates are shared out and produced. Clauses: the plans' sections on the congress (CON-01 … CON-11).

pub mod population;
