//! Where faults can be put into a file, and how: each is a few pieces of text that are put in or replaced, so that the
//! rest of the file stays as it is and all faults of all files are in one build.

use std::fs;
use std::ops::Range;
use std::path::Path;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, BinOp, Block, Expr, ExprBinary, ExprIf, ExprMatch, ExprUnary, ExprWhile, ImplItemFn,
    Item, ItemFn, ItemMod, Lit, Pat, ReturnType, Signature, Stmt, Type, UnOp,
};

/// One fault.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What turns it on.
    pub number: u32,
    /// Where, from the top of the project.
    pub file: String,
    /// The line in the original, from 1.
    pub line: usize,
    /// The function that it is in.
    pub function: String,
    /// What it does, with the text that it changes: the same wherever the file grows.
    pub what: String,
    /// The lines that it changes.
    pub lines: Vec<usize>,
    edits: Vec<(Range<usize>, String)>,
}

impl Fault {
    /// By what it is known from run to run.
    pub fn key(&self) -> String {
        format!("{} | {} | {}", self.file, self.function, self.what)
    }
}

/// All faults that a file has room for, numbered from `first` on.
pub fn find(root: &Path, file: &str, first: u32) -> Vec<Fault> {
    let text = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let tree = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut finder = Finder {
        text: &text,
        file,
        next: first,
        function: Vec::new(),
        returns: Vec::new(),
        faults: Vec::new(),
    };
    finder.visit_file(&tree);
    finder.faults
}

/// The file's text with these faults in it.
pub fn put_in(text: &str, faults: &[&Fault]) -> String {
    let mut edits: Vec<_> = faults.iter().flat_map(|fault| &fault.edits).collect();
    // At one place: what opens stands before the text, the outer one first; what closes stands behind it, the inner
    // one first. Outer faults are found before inner ones, so a stable order does for what opens, and closing pieces,
    // which begin with a closing sign, are turned around.
    let closes = |edit: &(Range<usize>, String)| edit.1.starts_with([')', '}']);
    let mut order: Vec<_> = edits.drain(..).enumerate().collect();
    order.sort_by_key(|(at, edit)| {
        let at = i64::try_from(*at).expect("few edits");
        (edit.0.start, !closes(edit), if closes(edit) { -at } else { at })
    });
    let mut result = String::with_capacity(text.len() * 2);
    let mut done = 0;
    for (_, (range, new)) in order {
        result.push_str(&text[done..range.start]);
        result.push_str(new);
        done = range.end;
    }
    result.push_str(&text[done..]);
    result
}

struct Finder<'t> {
    text: &'t str,
    file: &'t str,
    next: u32,
    function: Vec<String>,
    /// Whether the innermost function can be called at run time only.
    returns: Vec<bool>,
    faults: Vec<Fault>,
}

impl Finder<'_> {
    fn words(&self, span: Span) -> String {
        let text = self.text[span.byte_range()].split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > 90 { text.chars().take(90).chain(['…']).collect() } else { text }
    }

    /// Adds a fault; `edits` is told its number.
    fn add(&mut self, at: Span, what: String, edits: impl FnOnce(u32) -> Vec<(Range<usize>, String)>) {
        if self.returns.last() != Some(&true) {
            return;
        }
        let number = self.next;
        self.next += 1;
        // The same twice in one function is told apart by its place among those.
        let function = self.function.join("::");
        let same = self
            .faults
            .iter()
            .filter(|fault| fault.function == function && fault.what.starts_with(&what))
            .count();
        let what = if same > 0 { format!("{what} ({})", same + 1) } else { what };
        let edits = edits(number);
        let line = |at: usize| self.text[..at].matches('\n').count() + 1;
        self.faults.push(Fault {
            number,
            file: self.file.to_owned(),
            line: at.start().line,
            function,
            what,
            lines: edits.iter().map(|(range, _)| line(range.start)).collect(),
            edits,
        });
    }

    fn wrap(range: &Range<usize>, before: String, after: &str) -> Vec<(Range<usize>, String)> {
        vec![(range.start..range.start, before), (range.end..range.end, after.to_owned())]
    }

    fn flip(&mut self, expr: &Expr) {
        let range = expr.span().byte_range();
        let what = format!("not: {}", self.words(expr.span()));
        self.add(expr.span(), what, |number| {
            Self::wrap(&range, format!("crate::mutant::flip({number}, "), ")")
        });
    }

    fn condition(&mut self, expr: &Expr) {
        let decides_itself = matches!(expr, Expr::Binary(_) | Expr::Unary(_) | Expr::Let(_) | Expr::Lit(_));
        if !decides_itself && !has_let(expr) {
            self.flip(expr);
        }
    }

    /// Faults of a whole function: it does nothing, or always answers the same.
    fn body(&mut self, signature: &Signature, block: &Block) {
        let answers: &[&str] = match &signature.output {
            ReturnType::Default => &[""],
            ReturnType::Type(_, kind) => match &**kind {
                Type::Path(path) => {
                    let last = path.path.segments.last().expect("a path has a name");
                    let inner = self.words(last.arguments.span());
                    match last.ident.to_string().as_str() {
                        "bool" => &["true", "false"],
                        "Option" => &["None"],
                        "String" => &["String::new()"],
                        "Vec" => &["Vec::new()"],
                        "Duration" => &["std::time::Duration::ZERO"],
                        "Result" if inner.starts_with("<()") => &["Ok(())"],
                        "usize" | "u8" | "u16" | "u32" | "u64" | "i64" => &["0", "1"],
                        _ => &[],
                    }
                }
                _ => &[],
            },
        };
        let Some(first) = block.stmts.first() else { return };
        let at = first.span().byte_range().start;
        for answer in answers {
            let what = if answer.is_empty() { "does nothing".to_owned() } else { format!("always {answer}") };
            self.add(signature.ident.span(), what, |number| {
                vec![(
                    at..at,
                    format!(
                        "#[allow(unreachable_code)] if crate::mutant::on({number}) {{ return {answer}; }} "
                    ),
                )]
            });
        }
    }

    fn inside(&mut self, name: String, signature: Option<&Signature>, visit: impl FnOnce(&mut Self)) {
        self.function.push(name);
        if let Some(signature) = signature {
            self.returns.push(signature.constness.is_none());
        }
        visit(self);
        if signature.is_some() {
            self.returns.pop();
        }
        self.function.pop();
    }
}

fn has_let(expr: &Expr) -> bool {
    struct Lets(bool);
    impl<'a> Visit<'a> for Lets {
        fn visit_expr_let(&mut self, _: &'a syn::ExprLet) {
            self.0 = true;
        }
        // A block or closure may have lets of its own.
        fn visit_block(&mut self, _: &'a Block) {}
        fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}
        fn visit_expr_match(&mut self, _: &'a ExprMatch) {}
    }
    let mut lets = Lets(false);
    lets.visit_expr(expr);
    lets.0
}

/// Whether a method only asserts what has to hold: tests call it, and no user would notice if it did nothing.
fn is_assertion(signature: &Signature, body: &Block) -> bool {
    let name = signature.ident.to_string();
    (name == "check" || name.starts_with("check_"))
        && matches!(signature.output, ReturnType::Default)
        && format!("{body:?}").contains("assert")
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.meta.require_list().is_ok_and(|list| {
                    let list = list.tokens.to_string();
                    list == "test" || list.contains("loom")
                })
    })
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_item(&mut self, item: &'a Item) {
        // What is known when it is compiled cannot be switched.
        if !matches!(item, Item::Const(_) | Item::Static(_) | Item::Macro(_)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_const(&mut self, _: &'a syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'a syn::TraitItemConst) {}
    fn visit_pat(&mut self, _: &'a Pat) {}
    fn visit_type(&mut self, _: &'a Type) {}
    fn visit_expr_const(&mut self, _: &'a syn::ExprConst) {}

    fn visit_expr_repeat(&mut self, repeat: &'a syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_impl(&mut self, block: &'a syn::ItemImpl) {
        if is_for_tests(&block.attrs)
            || block.trait_.as_ref().is_some_and(|(_, path, _)| {
                path.is_ident("Debug") || path.segments.last().is_some_and(|last| last.ident == "Debug")
            })
        {
            return;
        }
        let name = self.words(block.self_ty.span());
        self.inside(name, None, |finder| visit::visit_item_impl(finder, block));
    }

    fn visit_item_fn(&mut self, function: &'a ItemFn) {
        if !is_for_tests(&function.attrs) {
            self.inside(function.sig.ident.to_string(), Some(&function.sig), |finder| {
                finder.body(&function.sig, &function.block);
                visit::visit_item_fn(finder, function);
            });
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'a ImplItemFn) {
        if !is_for_tests(&function.attrs) && !is_assertion(&function.sig, &function.block) {
            self.inside(function.sig.ident.to_string(), Some(&function.sig), |finder| {
                finder.body(&function.sig, &function.block);
                visit::visit_impl_item_fn(finder, function);
            });
        }
    }

    fn visit_expr_binary(&mut self, binary: &'a ExprBinary) {
        let range = binary.span().byte_range();
        let operator = binary.op.span().byte_range();
        let words = self.words(binary.span());
        let compare = |number: u32, name: &str| {
            vec![
                (range.start..range.start, format!("crate::mutant::{name}({number}, &(")),
                (operator.clone(), "), &(".to_owned()),
                (range.end..range.end, "))".to_owned()),
            ]
        };
        let plain = !has_let(&binary.left) && !has_let(&binary.right);
        match binary.op {
            BinOp::Eq(_) | BinOp::Ne(_) => {
                self.add(binary.span(), format!("not: {words}"), |number| {
                    Self::wrap(&range, format!("crate::mutant::flip({number}, "), ")")
                });
            }
            BinOp::Lt(_) => {
                self.add(binary.span(), format!("< to <=: {words}"), |number| compare(number, "less"))
            }
            BinOp::Le(_) => {
                self.add(binary.span(), format!("<= to <: {words}"), |number| compare(number, "at_most"))
            }
            BinOp::Gt(_) => {
                self.add(binary.span(), format!("> to >=: {words}"), |number| compare(number, "more"))
            }
            BinOp::Ge(_) => {
                self.add(binary.span(), format!(">= to >: {words}"), |number| compare(number, "at_least"))
            }
            BinOp::And(_) | BinOp::Or(_) if plain => {
                // a || b is not(not a && not b), and the other way round.
                let sign = if matches!(binary.op, BinOp::And(_)) { "&& to ||" } else { "|| to &&" };
                self.add(binary.span(), format!("{sign}: {words}"), |number| {
                    let on = format!("crate::mutant::on({number})");
                    vec![
                        (range.start..range.start, format!("({on} ^ (({on} ^ (")),
                        (operator.start..operator.start, ")) ".to_owned()),
                        (operator.end..operator.end, format!(" ({on} ^ (")),
                        (range.end..range.end, "))))".to_owned()),
                    ]
                });
            }
            _ => {}
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'a ExprUnary) {
        if let UnOp::Not(_) = unary.op {
            let range = unary.span().byte_range();
            let what = format!("without !: {}", self.words(unary.span()));
            // As a number, ! turns bits around: then this does not compile, and is left out.
            self.add(unary.span(), what, |number| {
                Self::wrap(&range, format!("crate::mutant::flip({number}, "), ")")
            });
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_if(&mut self, branch: &'a ExprIf) {
        self.condition(&branch.cond);
        visit::visit_expr_if(self, branch);
    }

    fn visit_expr_while(&mut self, branch: &'a ExprWhile) {
        self.condition(&branch.cond);
        visit::visit_expr_while(self, branch);
    }

    fn visit_expr_match(&mut self, cases: &'a ExprMatch) {
        let has_rest =
            cases.arms.last().is_some_and(|arm| arm.guard.is_none() && matches!(arm.pat, Pat::Wild(_)));
        let most = cases.arms.len().saturating_sub(1);
        for arm in cases.arms.iter().take(if has_rest { most } else { 0 }).filter(|arm| arm.guard.is_none()) {
            let end = arm.pat.span().byte_range().end;
            let what = format!("without the case {}", self.words(arm.pat.span()));
            self.add(arm.pat.span(), what, |number| {
                vec![(end..end, format!(" if !crate::mutant::on({number})"))]
            });
        }
        visit::visit_expr_match(self, cases);
    }

    fn visit_arm(&mut self, arm: &'a Arm) {
        if let Some((_, guard)) = &arm.guard {
            self.condition(guard);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_lit(&mut self, literal: &'a syn::ExprLit) {
        if let Lit::Int(int) = &literal.lit {
            let range = int.span().byte_range();
            let what = format!("another number than {int}");
            self.add(int.span(), what, |number| {
                Self::wrap(&range, format!("crate::mutant::number({number}, "), ")")
            });
        }
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Expr(expr, Some(end)) = statement {
            let can_go = match expr {
                Expr::Call(_) | Expr::MethodCall(_) | Expr::Assign(_) => true,
                Expr::Binary(binary) => matches!(
                    binary.op,
                    BinOp::AddAssign(_)
                        | BinOp::SubAssign(_)
                        | BinOp::BitOrAssign(_)
                        | BinOp::BitAndAssign(_)
                ),
                Expr::Try(_) => true,
                _ => false,
            };
            if can_go {
                let range = expr.span().byte_range().start..end.span().byte_range().end;
                let what = format!("without: {}", self.words(expr.span()));
                self.add(expr.span(), what, |number| {
                    Self::wrap(&range, format!("if !crate::mutant::on({number}) {{ "), "}")
                });
            }
        }
        visit::visit_stmt(self, statement);
    }
}
