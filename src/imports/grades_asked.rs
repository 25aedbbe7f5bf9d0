//! What has to be said of a file of grades.

use super::Imports;
use crate::{auth::acting::Acting, failure::Failure, office::Registrar, rules::measure::Measure};

/// What has to be said of a file of grades by the plan in force (ELG-03, ELG-04).
pub(super) struct GradesAsked {
    /// Of what the ranking may be; none where that of the major is meant and nothing has to be said.
    pub measures: Vec<Measure>,
    pub asks_about_courses: bool,
}

pub(super) async fn grades_asked(app: &Imports, acting: &Acting<Registrar>) -> Result<GradesAsked, Failure> {
    let calendar = crate::rulebook::store::calendar(&mut *app.read().await?, acting.institution()).await?;
    let Some(plan) = calendar.in_force(app.clock.today()) else {
        return Ok(GradesAsked { measures: Vec::new(), asks_about_courses: false });
    };
    let mut measures = plan.figures.ranking.as_ref().map(|stated| stated.value.measures()).unwrap_or_default();
    if measures == [Measure::USUAL] {
        measures.clear();
    } else if !measures.is_empty() && !measures.contains(&Measure::USUAL) {
        // A registrar may have no other, and must not be made to call it what it is not.
        measures.push(Measure::USUAL);
    }
    let courses = plan.figures.failed_courses.as_ref();
    Ok(GradesAsked { measures, asks_about_courses: courses.is_some_and(|stated| stated.value.marks.required_only) })
}
