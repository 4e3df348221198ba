//! Terraform's `.tf` files as a tree: blocks by their labels, `jsonencode` and texts as far as they are literal.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, Template};

use super::data_source;
use super::find::is_policy_member;
use super::tree::{Tree, Value};
use crate::iam::open_part;
use crate::text::{Position, position_in};

/// Text that is not HCL.
#[derive(Debug)]
pub(super) struct NotHcl {
    pub(super) at: Position,
    pub(super) message: String,
}

/// The file: an object with a member for each block, named by its labels.
pub(super) fn parse(text: &str) -> Result<Tree, NotHcl> {
    let body = hcl_edit::parser::parse_body(text).map_err(|error| NotHcl {
        at: Position { line: error.location().line(), column: error.location().column() },
        message: error.message().to_owned(),
    })?;
    let mut reader = Reader { text, elsewhere: Vec::new() };
    reader.elsewhere = body.blocks().filter_map(|block| reader.of_provider(block)).collect();
    let mut root = reader.body(&body);
    data_source::put_in_place(&mut root, is_policy_member);
    Ok(root)
}

struct Reader<'t> {
    text: &'t str,
    /// The data sources that have a provider of their own, with it.
    elsewhere: Vec<(String, String)>,
}

impl<'t> Reader<'t> {
    fn line(&self, span: Option<std::ops::Range<usize>>) -> usize {
        span.map_or(1, |span| position_in(self.text, span.start).line)
    }

    /// The data source, where its block names a provider: that may work in another account, Region or partition.
    /// <https://developer.hashicorp.com/terraform/language/block/provider>
    fn of_provider(&self, block: &Block) -> Option<(String, String)> {
        let provider = block.body.get_attribute("provider").filter(|_| block.ident.as_str() == "data")?;
        Some((name(block), self.written(provider.value.span()).trim().to_owned()))
    }

    fn body(&self, body: &Body) -> Tree {
        let members = body.iter().map(|structure| match structure {
            Structure::Attribute(attribute) => (attribute.key.as_str().to_owned(), self.value(&attribute.value)),
            Structure::Block(block) => {
                let (name, own) = (name(block), self.body(&block.body));
                let own = Tree { line: self.line(block.span()), ..own };
                let is_policy = name.starts_with(data_source::KIND);
                (name, if is_policy { data_source::document(&own) } else { own })
            }
        });
        Tree::new(self.line(body.span()), Value::Map(members.collect()))
    }

    fn value(&self, expression: &Expression) -> Tree {
        let line = self.line(expression.span());
        let value = match expression {
            Expression::Null(_) => Value::Plain("null".to_owned()),
            Expression::Bool(truth) => Value::Plain(truth.value().to_string()),
            Expression::Number(number) => Value::Plain(number.value().to_string()),
            Expression::String(text) => Value::Text(text.value().clone()),
            Expression::Array(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            Expression::Object(object) => {
                let member = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                    Some((Self::key(key)?, self.value(value.expr())))
                };
                match object.iter().map(member).collect::<Option<Vec<_>>>() {
                    Some(members) => Value::Map(members),
                    None => self.open(expression),
                }
            }
            Expression::StringTemplate(template) => match template.iter().collect::<Vec<_>>().as_slice() {
                // the value itself, whatever it is
                // <https://developer.hashicorp.com/terraform/language/expressions/strings#interpolation>
                [Element::Interpolation(only)] => return self.value(&only.expr),
                _ => Value::Text(self.template(template)),
            },
            Expression::HeredocTemplate(heredoc) => {
                // the text begins on the line after the sign
                return Tree::new(line + 1, Value::Text(self.template(&heredoc.template)));
            }
            Expression::Parenthesis(inner) => return self.value(inner.inner()),
            Expression::FuncCall(call) if call.name.name.as_str() == "jsonencode" => {
                return match call.args.iter().collect::<Vec<_>>().as_slice() {
                    [argument] => self.value(argument),
                    _ => Tree::new(line, self.open(expression)),
                };
            }
            _ => self.open(expression),
        };
        Tree::new(line, value)
    }

    fn key(key: &ObjectKey) -> Option<String> {
        match key {
            ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
            ObjectKey::Expression(Expression::String(text)) => Some(text.value().clone()),
            ObjectKey::Expression(_) => None,
        }
    }

    fn template(&self, template: &Template) -> String {
        let part = |element: &Element| match element {
            Element::Literal(text) => text.value().clone(),
            Element::Interpolation(inner) => open_part(&self.reference(inner.expr.span())),
            Element::Directive(directive) => open_part(self.written(directive.span()).trim()),
        };
        template.iter().map(part).collect()
    }

    fn open(&self, expression: &Expression) -> Value {
        Value::Open(self.reference(expression.span()))
    }

    /// What is written there; where it is of a data source with a provider of its own, with that, since it is about another deployment.
    fn reference(&self, span: Option<std::ops::Range<usize>>) -> String {
        let written = self.written(span).trim();
        let source = |(data, _): &&(String, String)| {
            written.strip_prefix(data.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match self.elsewhere.iter().find(source) {
            Some((_, provider)) => format!("{written} (provider {provider})"),
            None => written.to_owned(),
        }
    }

    fn written(&self, span: Option<std::ops::Range<usize>>) -> &'t str {
        span.and_then(|span| self.text.get(span)).unwrap_or("an expression")
    }
}

/// A resource as Terraform names it, any other block by its kind and labels.
fn name(block: &Block) -> String {
    let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
    match (block.ident.as_str(), labels.as_slice()) {
        ("resource", [_, _]) => labels.join("."),
        (kind, []) => kind.to_owned(),
        (kind, _) => format!("{kind}.{}", labels.join(".")),
    }
}
