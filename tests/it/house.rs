//! The rules inside the rooms of the house, read from the tokens of the sources: no circle of imports, and no sentence outside the
//! room of words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::support::{entries, project, read};

/// A module by its path below src/: `["remedy", "verify"]`.
type Module = Vec<String>;

/// What one source file holds.
struct File {
    /// The modules that it names, as written: `["crate", "iam", "Gap"]`.
    paths: Vec<Vec<String>>,
    /// Its string literals, attributes and tests left out.
    texts: Vec<String>,
    /// The string literals of each function `code`.
    codes: Vec<Vec<String>>,
}

fn sources() -> BTreeMap<Module, File> {
    let mut found = BTreeMap::new();
    walk(Path::new("src"), &mut Vec::new(), &mut found);
    found
}

fn walk(folder: &Path, at: &mut Module, found: &mut BTreeMap<Module, File>) {
    for path in entries(folder) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            at.push(name);
            walk(path.strip_prefix(project()).unwrap(), at, found);
            at.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            let mut module = at.clone();
            if name != "mod" {
                module.push(name);
            }
            let tokens: TokenStream = read(path.strip_prefix(project()).unwrap()).parse().unwrap();
            let mut file = File { paths: Vec::new(), texts: Vec::new(), codes: Vec::new() };
            collect(tokens, &mut file);
            found.insert(module, file);
        }
    }
}

/// Whether the attribute keeps what follows out of the program.
fn is_test(attribute: &TokenTree) -> bool {
    attribute.to_string().replace(' ', "") == "[cfg(test)]"
}

fn collect(tokens: TokenStream, file: &mut File) {
    let mut tokens = tokens.into_iter().peekable();
    let mut test = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Punct(_)) = tokens.peek() {
                    tokens.next();
                }
                if matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket) {
                    test |= tokens.next().is_some_and(|attribute| is_test(&attribute));
                }
            }
            // the item behind `#[cfg(test)]` ends with its braces or at `;`
            TokenTree::Group(group) if test && group.delimiter() == Delimiter::Brace => test = false,
            TokenTree::Punct(punct) if test && punct.as_char() == ';' => test = false,
            _ if test => {}
            TokenTree::Ident(ident) if ident == "use" => {
                let tree: Vec<TokenTree> = tokens
                    .by_ref()
                    .take_while(|token| !matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'))
                    .collect();
                used(&[], &tree, &mut file.paths);
            }
            TokenTree::Ident(ident)
                if ident == "fn" && matches!(tokens.peek(), Some(TokenTree::Ident(name)) if name == "code") =>
            {
                let mut is_method = false;
                for token in tokens.by_ref() {
                    let TokenTree::Group(group) = token else { continue };
                    if group.delimiter() == Delimiter::Brace {
                        let before = file.texts.len();
                        collect(group.stream(), file);
                        file.codes.extend(is_method.then(|| file.texts[before..].to_vec()));
                        break;
                    }
                    is_method |= group.to_string().contains("self");
                }
            }
            TokenTree::Ident(ident) if ["crate", "super"].iter().any(|root| ident == root) => {
                let mut path = vec![ident.to_string()];
                while matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':') {
                    tokens.next();
                    if let Some(TokenTree::Ident(next)) = tokens.peek() {
                        path.push(next.to_string());
                        tokens.next();
                    }
                }
                file.paths.push(path);
            }
            TokenTree::Group(group) => collect(group.stream(), file),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.starts_with('"') || text.starts_with("r\"") || text.starts_with("r#") {
                    file.texts.push(text);
                }
            }
            _ => {}
        }
    }
}

/// The paths of a use tree: `a::{b, c::d}`.
fn used(prefix: &[String], tree: &[TokenTree], paths: &mut Vec<Vec<String>>) {
    for item in tree.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')) {
        let mut path = prefix.to_vec();
        for token in item {
            match token {
                TokenTree::Ident(ident) if ident == "as" => break,
                TokenTree::Ident(ident) => path.push(ident.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    used(&path, &inner, paths);
                    path.clear();
                }
                _ => {}
            }
        }
        if !path.is_empty() {
            paths.push(path);
        }
    }
}

/// The module that a path leads to, from where it is written.
fn target(from: &Module, path: &[String], known: &BTreeMap<Module, File>) -> Option<Module> {
    let mut rest = path;
    let mut at = match rest.first().map(String::as_str) {
        Some("crate") => Vec::new(),
        Some("super" | "self") => from.clone(),
        _ => return None,
    };
    while let Some(first) = rest.first() {
        match first.as_str() {
            "super" => drop(at.pop()),
            "crate" | "self" => {}
            _ => break,
        }
        rest = &rest[1..];
    }
    let mut best = known.contains_key(&at).then(|| at.clone());
    for name in rest {
        at.push(name.clone());
        if !known.contains_key(&at) {
            break;
        }
        best = Some(at.clone());
    }
    best.filter(|module| module != from && !module.is_empty())
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let files = sources();
    let edges: BTreeMap<&Module, BTreeSet<Module>> = files
        .iter()
        .map(|(module, file)| (module, file.paths.iter().filter_map(|path| target(module, path, &files)).collect()))
        .collect();
    let reaches = |from: &Module| {
        let mut seen: BTreeSet<&Module> = BTreeSet::new();
        let mut open: Vec<&Module> = edges[from].iter().collect();
        while let Some(module) = open.pop() {
            if seen.insert(module) {
                open.extend(&edges[module]);
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = files.keys().map(|module| (module, reaches(module))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, others) in &reached {
        if others.contains(*module) {
            let knot = others.iter().filter(|other| reached[**other].contains(module));
            circles.insert(knot.map(|module| module.join("/")).collect());
        }
    }
    assert_eq!(circles, BTreeSet::new());
}

#[test]
fn the_codes_of_each_enum_are_unique_and_kebab_case() {
    let mut count = 0;
    for (module, file) in sources() {
        for codes in file.codes {
            count += codes.len();
            let unique: BTreeSet<&String> = codes.iter().collect();
            // a piece of evidence is known by its source and its code
            assert!(unique.len() == codes.len() || module == ["report", "evidence"], "{}: {codes:?}", module.join("/"));
            for code in codes {
                let code = code.trim_matches('"');
                let word = |word: &str| {
                    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                };
                assert!(code.split('-').all(word), "{}: `{code}`", module.join("/"));
            }
        }
    }
    assert!(count > 300, "only {count} codes were found");
}

/// What speaks to somebody else than the reader of a report, or where something is wrong: by module.
const SPEAKS: [(&str, &str); 20] = [
    ("report", "the room of words, and the headings and labels of pages"),
    ("render", "remarks in commands, and notes and parameters in templates"),
    ("denial", "what AWS writes, and how the forms of it begin"),
    ("cli", "help, errors and progress of the command line"),
    ("aws", "errors of settings and calls"),
    ("python", "errors of the module"),
    ("probe/classify", "what AWS writes"),
    ("probe/judge", "what AWS writes"),
    ("probe/plan", "errors of what was asked for"),
    ("text", "errors of parsers"),
    ("reference", "errors of the embedded data"),
    ("evaluate/case_fault", "what is wrong with a case"),
    ("iam/command", "what a person has to fill in, as a comment in a shell"),
    ("iam/condition", "what is wrong with a document"),
    ("iam/document", "what is wrong with a document"),
    ("snapshot/document", "what is wrong with a document"),
    ("snapshot/file", "what is wrong with a file"),
    ("snapshot/object", "what is wrong with a file"),
    ("snapshot/read", "what is wrong with a file"),
    ("snapshot/shape", "what is wrong with a file, and which command gives a better one"),
];

/// Sentences that are left in the core, file by file. The list only becomes shorter.
const LEFT: [(&str, usize); 1] = [("snapshot/select/hierarchy", 1)];

/// Four words or more of lower-case letters.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_matches([',', ';', ':', '.', '"', '(', ')']);
        word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
    };
    text.split_whitespace().filter(is_word).count() >= 4
}

#[test]
fn sentences_stand_in_the_room_of_words() {
    let mut more: BTreeMap<String, usize> = BTreeMap::new();
    for (module, file) in sources() {
        let module = module.join("/");
        let within = |room: &str| module == room || module.starts_with(&format!("{room}/"));
        if SPEAKS.iter().any(|(room, _)| within(room)) {
            continue;
        }
        let count = file.texts.iter().filter(|text| is_sentence(text)).count();
        let left = LEFT.iter().find(|(file, _)| *file == module).map_or(0, |(_, count)| *count);
        if count > left {
            more.insert(module, count);
        }
    }
    assert_eq!(more, BTreeMap::new(), "a stage makes facts; the sentence belongs to src/report/words");
}
