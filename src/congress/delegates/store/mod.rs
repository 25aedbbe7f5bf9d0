//! SQL of delegates: how they are recommended here; elections and their results, lists, the delegates themselves and the
//! qualification report in files of their own.

mod elections;
mod lists;
mod qualification;
mod recommendations;
mod seated;
mod waiting;

pub use elections::{
    NewReport, ReportDocument, ReportedVote, Standing, TypedVote, UnitOutcome, candidates_of, classes_of,
    delegates_of_college, keep_report, link, outcomes, report_document, withdraw_report,
};
pub use lists::{DelegateList, ListLine, hand_in, lines, lists, receive, return_list};
pub use qualification::{Adopted, adopt, adopted, counted, give_numbers};
pub use recommendations::{
    Candidate, NewOpinion, NewRecommendation, RecommendationFilter, give, keep_terms, lapse, lock_unit, of_student,
    recommend, recommendations, recommending_classes, tell_step, terms, unit_of_class, units, withdraw,
};
pub use seated::{
    Delegation, SeatedDelegate, Substitute, UndoableMandateEnd, add_delegation, allow_mandate_undoing, delegations,
    end, end_delegation, make_delegations, move_to, next_substitute, promote, seated, set_duty, take_back_mandate_end,
    undoable_mandate_ends,
};
pub use waiting::{
    ClassCongress, CollegeTask, KeeperTask, classes_without, congresses_of_class, for_college, for_keeper,
    waiting_for_party,
};
