//! What a run inside another program keeps, or a call of a tool: it belongs to its thread, so that two runs side by side know nothing of each other.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use super::known_secrets::Known;
use crate::denial::FingerprintId;
use crate::diagnosed::Look;
use crate::report::InputNames;

/// What a run keeps.
#[derive(Default)]
struct Call {
    /// Inputs that are no files, by the names under which the arguments have them.
    texts: BTreeMap<String, Vec<u8>>,
    /// What other machines of a cluster found.
    looks: BTreeMap<FingerprintId, Look>,
    secrets: Known,
    /// There where `--redact` is given.
    names: Option<InputNames>,
    answer: String,
}

thread_local! {
    static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
    /// The remarks of this thread, where they are not for standard error.
    static REMARKS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// A run. Takes it away at its end, whatever the end is.
pub(super) struct Running;

impl Running {
    pub(super) fn start(texts: BTreeMap<String, Vec<u8>>) -> Self {
        CALL.with_borrow_mut(|call| *call = Some(Call { texts, ..Call::default() }));
        Self
    }

    /// The same, where other machines have looked at fingerprints by the same policies.
    pub(super) fn with_looks(self, looks: BTreeMap<FingerprintId, Look>) -> Self {
        let _ = with(|call| call.looks = looks);
        self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        CALL.with_borrow_mut(|call| *call = None);
    }
}

/// What the run of this thread has answered.
pub(super) fn answer() -> String {
    with(|call| std::mem::take(&mut call.answer)).unwrap_or_default()
}

/// Does something, and gives what it remarks on the way instead of writing it to standard error.
pub(super) fn gathered<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    /// Ends it, whatever the end is.
    struct Gathering;
    impl Drop for Gathering {
        fn drop(&mut self) {
            gather_no_more();
        }
    }
    REMARKS.set(Some(Vec::new()));
    let _gathering = Gathering;
    let result = work();
    (result, REMARKS.take().unwrap_or_default())
}

/// Does something with the run of this thread, if there is one.
fn with<T>(work: impl FnOnce(&mut Call) -> T) -> Option<T> {
    CALL.with_borrow_mut(|call| call.as_mut().map(work))
}

/// Whether this thread runs a command inside another program.
pub(super) fn is_inside() -> bool {
    with(|_| ()).is_some()
}

/// The value under this name.
pub(super) fn text(name: &str) -> Option<Vec<u8>> {
    with(|call| call.texts.get(name).cloned()).flatten()
}

/// What other machines found, which is taken away.
pub(super) fn take_looks() -> BTreeMap<FingerprintId, Look> {
    with(|call| std::mem::take(&mut call.looks)).unwrap_or_default()
}

/// Keeps an answer; whether it was kept.
pub(super) fn keep_answer(answer: &str) -> bool {
    with(|call| call.answer.push_str(&anstream::adapter::strip_str(answer).to_string())).is_some()
}

/// From now on the remarks of this thread are for standard error.
pub(super) fn gather_no_more() {
    REMARKS.set(None);
}

/// Keeps a remark; whether it was kept.
pub(super) fn keep_remark(text: &str) -> bool {
    REMARKS.with_borrow_mut(|remarks| remarks.as_mut().map(|remarks| remarks.push(text.to_owned()))).is_some()
}

/// Remembers secrets; whether this was for a run.
pub(super) fn learn_secrets(learn: impl FnOnce(&mut Known)) -> bool {
    with(|call| learn(&mut call.secrets)).is_some()
}

/// The text without any secret of any input of the run.
pub(super) fn clean(text: &str) -> Option<Cow<'_, str>> {
    with(|call| {
        call.secrets.get_ready();
        call.secrets.clean(text)
    })
}

/// Names that are replaced in what is said; whether this was for a run.
pub(super) fn start_names(names: &mut Option<InputNames>) -> bool {
    with(|call| call.names = names.take()).is_some()
}

/// Remembers the names of an input; whether this was for a run.
pub(super) fn learn_names(text: &str) -> bool {
    with(|call| call.names.as_mut().map(|names| names.learn_input(text))).is_some()
}

/// The text as it may be said.
pub(super) fn redacted(text: &str) -> Option<Cow<'_, str>> {
    with(|call| match &call.names {
        Some(names) => Cow::Owned(names.redacted(text)),
        None => Cow::Borrowed(text),
    })
}

/// All cores: inside another program threads that end with the work, as that program may fork.
pub(super) struct Cores(Option<rayon::ThreadPool>);

impl Cores {
    /// For work that is done now.
    pub(super) fn new() -> Self {
        Self(is_inside().then(|| rayon::ThreadPoolBuilder::new().build().ok()).flatten())
    }

    /// Does it there.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.0 {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}

/// Work on all cores, once.
pub(super) fn on_all_cores<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    Cores::new().run(work)
}
