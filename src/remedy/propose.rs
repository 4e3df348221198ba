//! Finding remedies: every strategy that applies drafts one, edits are proved, and what was proved is ranked.

use super::Remedy;
use super::agreeing::in_agreeing_cases;
use super::attempt::attempt;
use super::bedrock::BedrockCall;
use super::cannot_fix::CannotFix;
use super::narrow::{Style, Values};
use super::prove::prove;
use super::rank::{beside_what_aws_named, ranked};
use super::strategies::{Drafts, Grant, OWNED_BY_AWS, STRATEGIES, Situation, ask_the_unseen};
use super::wider::Proved;
use crate::diagnose::{DenialContext, Diagnosis};
use crate::iam::PolicyOrigin;

/// The remedies, best first; an incident comes before everything.
#[must_use]
pub fn propose(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Vec<Remedy> {
    let mut remedies = in_agreeing_cases(case, diagnosis, by_strategy);
    beside_what_aws_named(diagnosis, &mut remedies);
    remedies
}

fn by_strategy(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Vec<Remedy> {
    let mut situation = Situation::new(case, diagnosis);
    let mut tried = Vec::new();
    for strategy in STRATEGIES {
        if !(strategy.applies)(&situation) {
            continue;
        }
        match strategy.drafts {
            Drafts::Advice(draft) => {
                let advice = draft(&situation);
                situation.advice.extend(advice.map(|remedy| (strategy.id, remedy)));
            }
            // what only AWS changes is allowed to nobody
            Drafts::Edits(..) if situation.has(&OWNED_BY_AWS) => {}
            Drafts::Edits(style, grant) => {
                let own = edits(&situation, (style, Values::Own), grant, &mut tried);
                // each value that is written is a further statement; where there is no room, the rest stays
                let full = own.as_ref().is_err_and(CannotFix::is_for_want_of_room);
                let every = if full { edits(&situation, (style, Values::Every), grant, &mut tried) } else { Ok(None) };
                let outcome = if let Ok(Some(_)) = every { every } else { own };
                situation.add(outcome);
            }
        }
    }
    ranked(situation)
}

/// What edits come to: the policies, how they are kept, and their new texts.
type Texts = Vec<(String, PolicyOrigin, String)>;

/// Makes the edits and proves them; `None` where another strategy came to the same ones, or where they are not about the whole call.
fn edits(
    situation: &Situation<'_>,
    style: (Style, Values),
    grant: Grant,
    tried: &mut Vec<Texts>,
) -> Result<Option<Proved>, CannotFix> {
    let case = situation.case;
    let call = situation.call.as_ref().filter(|_| grant == Grant::Call);
    let asked = DenialContext { request: call.map_or(case.request, |call| &call.request), ..*case };
    let attempt = attempt(&asked, Some(situation.diagnosis), style, grant, call)?;
    if call.is_some() && !attempt.granted && !attempt.exempted {
        return Ok(None);
    }
    // the proof is the expensive part
    let edits = attempt.bench.edits().iter().map(|edit| &edit.after);
    let texts = edits.map(|policy| (policy.name.clone(), policy.origin, policy.document.source.text().to_owned()));
    let texts: Texts = texts.collect();
    if tried.contains(&texts) {
        return Ok(None);
    }
    let changes_nothing = texts.is_empty();
    tried.push(texts);
    let whole = call.is_some_and(BedrockCall::is_certain);
    let proved = if changes_nothing {
        Proved { remedy: ask_the_unseen(&attempt.assumptions), whole, style: None, lifted: Vec::new() }
    } else {
        let remedy = prove(&asked, &attempt, call)?;
        Proved { remedy, whole, style: call.is_none().then_some(style.0), lifted: attempt.lifted }
    };
    Ok(Some(proved))
}
