//! Blocks, statements, and how the parser goes on after a mistake.

use super::{Block, ExprKind, Name, Node, Parsed, Parser, Sign, Stop, Token, Word};

impl Parser<'_, '_> {
    /// `{ ";" } [ stmt { ";" { ";" } stmt } { ";" } ]`, up to what closes it.
    pub(super) fn block(&mut self) -> Block {
        let start = self.here().start;
        let mut statements = Vec::new();
        loop {
            if self.mistakes.is_full() {
                self.at = self.tokens.len() - 1;
            }
            while self.take_sign(Sign::Semicolon) {}
            if self.ends_block() {
                break;
            }
            match self.statement() {
                Ok(statement) => statements.push(*statement),
                Err(Stop) => self.recover(),
            }
            if !self.is_sign(Sign::Semicolon) && !self.ends_block() {
                self.missing_semicolon();
                self.recover();
            }
        }
        Block { statements, span: self.since(start) }
    }

    /// Whether what stands here closes a block.
    fn ends_block(&self) -> bool {
        match self.peek() {
            Token::End | Token::TemplateBlockEnd => true,
            Token::Word(word) => matches!(word, Word::End | Word::Else | Word::Case | Word::Default),
            Token::Sign(sign) => matches!(sign, Sign::ParenClose | Sign::BracketClose | Sign::BraceClose),
            _ => false,
        }
    }

    fn missing_semicolon(&mut self) {
        let message = format!("expected `;` or the end of the block, found {}", self.peek().described());
        let equals = Token::Sign(Sign::Equal);
        let doubled = *self.peek() == equals && self.at > 0 && self.tokens[self.at - 1].0 == equals;
        let notes = if doubled { vec!["equality is written `=`".to_owned()] } else { vec![] };
        self.mistakes.add_noted(self.here(), message, notes);
    }

    /// Skips to the next statement of this block or to its end, over whatever opens and closes in between.
    fn recover(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.peek() {
                Token::End => return,
                Token::Sign(Sign::Semicolon) if open == 0 => return,
                Token::Sign(Sign::ParenOpen | Sign::BracketOpen | Sign::BraceOpen)
                | Token::TemplateBlock
                | Token::Word(Word::Do | Word::If) => open += 1,
                _ if self.ends_block() => {
                    if open == 0 {
                        return;
                    }
                    if !matches!(self.peek(), Token::Word(Word::Else | Word::Case | Word::Default)) {
                        open -= 1;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    pub(super) fn statement(&mut self) -> Node {
        match self.peek() {
            Token::Word(Word::Let | Word::Var) => self.declaration(),
            Token::Word(Word::Function) => self.function(),
            Token::Word(Word::Break) => self.break_here(),
            _ => self.expression(),
        }
    }

    pub(super) fn break_here(&mut self) -> Node {
        let start = self.here().start;
        self.advance();
        self.node(start, ExprKind::Break)
    }

    /// `("let" | "var") name ":=" expr`
    fn declaration(&mut self) -> Node {
        let start = self.here().start;
        self.advance();
        let name = self.name("the name of a variable")?;
        if self.is_sign(Sign::Equal) {
            let message = "expected `:=`, found `=`";
            self.mistakes.add_noted(self.here(), message, vec!["a value is given by `:=`".to_owned()]);
            return Err(Stop);
        }
        self.expect_sign(Sign::Assign)?;
        let value = self.expression()?;
        self.node(start, ExprKind::Let { name, value })
    }

    /// `"function" name "(" [ param { "," param } ] ")" [ ":" type ] "do" block "end"`
    fn function(&mut self) -> Node {
        let start = self.here().start;
        self.advance();
        let name = self.name("the name of a function")?;
        let opened = self.here();
        self.expect_sign(Sign::ParenOpen)?;
        let mut parameters = Vec::new();
        if !self.is_sign(Sign::ParenClose) {
            loop {
                parameters.push(self.parameter()?);
                if !self.take_sign(Sign::Comma) {
                    break;
                }
            }
        }
        self.expect_close(&Token::Sign(Sign::ParenClose), opened)?;
        if self.take_sign(Sign::Colon) {
            self.type_name()?;
        }
        self.enter()?;
        let body = self.do_block();
        self.leave();
        let body = body?;
        self.node(start, ExprKind::Function { name, parameters, body })
    }

    fn parameter(&mut self) -> Parsed<Name> {
        let name = self.name("the name of a parameter")?;
        if self.take_sign(Sign::Colon) {
            self.type_name()?;
        }
        Ok(name)
    }

    /// A type, or `[type]`: read, and ignored.
    fn type_name(&mut self) -> Parsed<()> {
        let opened = self.here();
        let list = self.take_sign(Sign::BracketOpen);
        self.name("the name of a type")?;
        if list { self.expect_close(&Token::Sign(Sign::BracketClose), opened) } else { Ok(()) }
    }

    /// `"do" block "end"`
    pub(super) fn do_block(&mut self) -> Parsed<Block> {
        let opened = self.here();
        self.expect_word(Word::Do)?;
        let body = self.block();
        self.expect_close(&Token::Word(Word::End), opened)?;
        Ok(body)
    }
}
