//! From application to appointment, as students, class branches, colleges and the school's offices do it.

mod chain;
mod offices;
mod outcome;
mod rounds;
mod selection;
mod waiting;
