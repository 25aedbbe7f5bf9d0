//! The document's text: brought once, shown sentence by sentence, and quoted for a rule.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    super::{
        draft::PlanDraft,
        forms::{QuoteForm, read_document},
        paths::Done,
        store,
    },
    FullDraft, chrome, entry, not_open, whole,
};
use crate::{
    app::{App, Routes},
    audit,
    auth::acting::Acting,
    failure::Failure,
    ids::PlanDraftId,
    office::SchoolLeague,
    page::chrome::Chrome,
    plan_form::{
        fields,
        group::Group,
        quoting::{SentenceLine, add_clause, quotations, suggest_figure, taken},
        wording::{LONGEST_PASTED, LONGEST_TEXT, MOST_SENTENCES, holds, narrowed, sentences},
    },
    rules::{Rule, catalogue::Entry},
    web::forms::{Errors, Upload},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/plan-drafts/{draft}/text", show)
        .upload("/plan-drafts/{draft}/text", keep)
        .post("/plan-drafts/{draft}/quotes", quote)
}

#[derive(Template, WebTemplate)]
#[template(path = "plan_drafts/text.html")]
struct TextPage {
    chrome: Chrome,
    draft: PlanDraft,
    lines: Vec<SentenceLine>,
    form: QuoteForm,
    /// What was pasted.
    pasted: String,
    errors: Errors,
    done: &'static str,
}

impl TextPage {
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn bounds(&self) -> String {
        format!("文件不超过 {LONGEST_TEXT} 字，粘贴的不超过 {LONGEST_PASTED} 字，都不超过 {MOST_SENTENCES} 句。")
    }

    /// The rules that a group asks about.
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn rules_of(&self, group: Group) -> impl Iterator<Item = &'static Entry> {
        group.family().into_iter().flat_map(fields::rules_of)
    }

    /// The rule in its group, where it is quoted.
    fn rule_link(&self, rule: Rule) -> String {
        self.draft.id.place_path(rule)
    }

    /// The document's own name; empty where there is none yet.
    fn file_name(&self) -> &str {
        self.draft.text.as_ref().map_or("", |text| &text.name)
    }
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: PlanDraftId,
    form: QuoteForm,
    errors: Errors,
    done: &'static str,
) -> Result<TextPage, Failure> {
    let FullDraft { draft, content, .. } = whole(&mut *app.read().await?, acting, id).await?;
    let text = draft.document_text().to_owned();
    let lines = app.heavy(move || taken(&content, sentences(&text))).await?;
    let chrome = chrome(app, acting, &draft, "文件原文");
    Ok(TextPage { chrome, draft, lines, form, pasted: String::new(), errors, done })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TextQuery {
    done: String,
    /// The rule for which a sentence is looked for.
    rule: String,
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    Query(query): Query<TextQuery>,
) -> Result<TextPage, Failure> {
    let form = QuoteForm { rule: query.rule, ..QuoteForm::default() };
    page(&app, &acting, id, form, Errors::default(), Done::said(&query.done)).await
}

async fn keep(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    upload: Upload,
) -> Result<Response, Failure> {
    store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let (now, mut errors, pasted) = (app.clock.now(), Errors::default(), upload.field("text").to_owned());
    let text = match app.heavy(move || read_document(&upload)).await? {
        Ok(text) => Some(text),
        Err((field, says)) => {
            errors.add(field, says);
            None
        }
    };
    let Some(text) = text.filter(|_| errors.is_empty()) else {
        let page = page(&app, &acting, id, QuoteForm::default(), errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, TextPage { pasted, ..page }).into_response());
    };
    let hash = hex::encode(Sha256::digest(&text.text));
    app.write_as(acting.person().authority(), async |db| {
        let draft = store::lock(db, &acting, id).await?;
        if !store::keep_text(db, &draft, &text).await? {
            return Err(not_open(&app, &acting, id, "放入文件原文"));
        }
        // Not its name: a file may be called by somebody's.
        let entry = entry(&draft, "放入文件原文").detail("文字摘要", hash.clone());
        audit::append(db, acting.person(), entry.detail("字数", text.text.chars().count()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::TextKept.at(&id.text_path())).into_response())
}

async fn quote(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    Form(form): Form<QuoteForm>,
) -> Result<Response, Failure> {
    let draft = store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let read = form.read(&mut errors);
    let text = draft.document_text().to_owned();
    if let Some((_, words)) = read.as_ref().filter(|(_, words)| !words.is_empty())
        && !holds(&narrowed(&text), words)
    {
        errors.add("words", "原文里没有这段文字：请在原文里选取，不要改动");
    }
    let found = sentences(&text);
    if form.sentence.iter().any(|number| found.iter().all(|one| one.number != *number)) {
        errors.add("words", "勾选的句子里有的不在现在的原文里，请重新勾选");
    }
    let Some((rule, words)) = read.filter(|_| errors.is_empty()) else {
        let page = page(&app, &acting, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let taken = quotations(&found, &form.sentence, &words);
    let added = app
        .write_as(acting.person().authority(), async |db| {
            let draft = store::lock(db, &acting, id).await?;
            if !draft.is_open() {
                return Err(not_open(&app, &acting, id, "引用原文"));
            }
            let group = Group::of_rule(rule);
            let saved = store::groups(db, id).await?.into_iter().find(|saved| saved.group == group);
            let mut typed = saved.map(|saved| saved.typed).unwrap_or_default();
            let mut added = 0_usize;
            for one in &taken {
                if add_clause(&mut typed, rule, &one.words, &one.section) {
                    suggest_figure(&mut typed, rule, &one.words);
                    added += 1;
                }
            }
            if added > 0 {
                store::keep(db, &acting, &draft, group, &typed, now).await?;
                let entry = entry(&draft, "引用原文").detail("规则", rule.name()).detail("条款", added);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(added)
        })
        .await?;
    if added == 0 {
        errors.add("rule", "这一条已经引用过这句话，或者引用的条款太多");
        let page = page(&app, &acting, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&id.rule_path(rule, Done::Quoted)).into_response())
}
