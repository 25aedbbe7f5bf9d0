//! 诉求统计: how long, how well and to whose satisfaction requests are handled, by area and by the office asked first.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use time::Date;

use super::{
    Voice, VoiceHandler,
    paths::DESK,
    store::{self, By, Figures, VoiceDesk},
};
use crate::{
    auth::acting::Acting,
    clock::CHINA,
    failure::Failure,
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rules::voice::Area,
    text::share,
    web::routes::Routes,
};

/// How far back the figures go, in days: a year.
const BACK: i64 = 365;

pub(super) fn routes() -> Routes<Voice> {
    Routes::default().get("/voice/desk/figures", show)
}

/// The figures of a group as the page shows them.
struct FigureRow {
    label: String,
    figures: Figures,
    /// How far they are.
    progress: Vec<Part>,
    /// What the students said.
    words: Vec<Part>,
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

impl FigureRow {
    fn new(label: String, figures: Figures) -> Self {
        let Figures { open, late, answered, satisfied, mostly, dissatisfied, .. } = figures;
        let progress = strip(&[
            PartCount::new("pass", "已答复", count(answered)),
            PartCount::new("warn", "办理中", count(open - late)),
            PartCount::new("fail", "逾期未办", count(late)),
        ]);
        let words = strip(&[
            PartCount::new("pass", "满意", count(satisfied)),
            PartCount::new("warn", "基本满意", count(mostly)),
            PartCount::new("fail", "不满意", count(dissatisfied)),
        ]);
        Self { label, figures, progress, words }
    }

    /// Of the answered, those that were solved.
    fn solved(&self) -> String {
        share(self.figures.solved, self.figures.answered)
    }

    /// Of the answered, those in time.
    fn in_time(&self) -> String {
        share(self.figures.answered - self.figures.answered_late, self.figures.answered)
    }

    fn rated(&self) -> i64 {
        self.figures.satisfied + self.figures.mostly + self.figures.dissatisfied
    }

    /// Of those who said a word, who are satisfied or mostly so.
    fn satisfaction(&self) -> String {
        share(self.figures.satisfied + self.figures.mostly, self.rated())
    }

    fn days(&self) -> String {
        self.figures.days.map_or_else(|| "–".to_owned(), |days| format!("{days:.1}"))
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/figures.html")]
struct FiguresPage {
    chrome: Chrome,
    since: Date,
    all: FigureRow,
    /// How far all are, and what students said of all.
    progress: Vec<Part>,
    words: Vec<Part>,
    ages: Vec<Part>,
    areas: Vec<FigureRow>,
    offices: Vec<FigureRow>,
}

fn sum(rows: &[Figures]) -> Figures {
    let of = |pick: fn(&Figures) -> i64| rows.iter().map(pick).sum::<i64>();
    let days: Vec<(f64, i64)> = rows.iter().filter_map(|row| Some((row.days?, row.answered))).collect();
    let number = |count: i64| f64::from(i32::try_from(count).unwrap_or(i32::MAX));
    let weighed = days.iter().map(|(days, answered)| days * number(*answered)).sum::<f64>();
    let answered = days.iter().map(|(_, answered)| answered).sum::<i64>();
    let mean = (answered > 0).then(|| weighed / number(answered));
    Figures {
        of: String::new(),
        total: of(|row| row.total),
        open: of(|row| row.open),
        late: of(|row| row.late),
        answered: of(|row| row.answered),
        answered_late: of(|row| row.answered_late),
        solved: of(|row| row.solved),
        satisfied: of(|row| row.satisfied),
        mostly: of(|row| row.mostly),
        dissatisfied: of(|row| row.dissatisfied),
        days: mean,
    }
}

async fn show(State(voice): State<Voice>, acting: Acting<VoiceHandler>) -> Result<FiguresPage, Failure> {
    let (mut db, now, desk) = (voice.read().await?, voice.clock.now(), VoiceDesk::of(&acting));
    let (institution, since) = (acting.institution(), now - time::Duration::days(BACK));
    let areas = store::figures(&mut db, institution, desk, By::Area, since, now).await?;
    let offices = store::figures(&mut db, institution, desk, By::Office, since, now).await?;
    let [day, three, week, longer] = store::ages(&mut db, institution, desk, now).await?;
    let ages = strip(&[
        PartCount::new("pass", "不满 1 天", count(day)),
        PartCount::new("unknown", "1 至 3 天", count(three)),
        PartCount::new("warn", "3 至 7 天", count(week)),
        PartCount::new("fail", "7 天以上", count(longer)),
    ]);
    let all = FigureRow::new("合计".to_owned(), sum(&areas));
    let area = |figures: Figures| {
        let label = figures.of.parse::<Area>().map_or("", Area::label);
        FigureRow::new(label.to_owned(), figures)
    };
    Ok(FiguresPage {
        chrome: voice.chrome(acting.person(), "诉求统计").under(DESK, "办理诉求"),
        since: since.to_offset(CHINA).date(),
        progress: all.progress.clone(),
        words: all.words.clone(),
        all,
        ages,
        areas: areas.into_iter().map(area).collect(),
        offices: offices.into_iter().map(|figures| FigureRow::new(figures.of.clone(), figures)).collect(),
    })
}
