//! Messages between standard input and output and the server: one on each line. What is no message is answered here, as a client of
//! JSON-RPC expects it.

use std::io;

use rmcp::RoleServer;
use rmcp::model::{ClientRequest, GetMeta as _, JsonRpcMessage};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::bounded::{Line, Lines};
use super::message::{self, Message, Read};

/// Answers that wait to be written; a client that reads none is not read either.
const WAITING: usize = 64;

/// A message on its way out, and who wants to know whether it got there.
type Out = (Vec<u8>, Option<oneshot::Sender<io::Result<()>>>);

/// Both directions.
pub(super) struct Stdio<R> {
    lines: Lines<R>,
    limit: usize,
    /// Whether the client has said what it speaks.
    has_begun: bool,
    out: Option<mpsc::Sender<Out>>,
}

impl<R: AsyncRead + Unpin> Stdio<R> {
    /// Begins; what is handed back ends when all is written.
    pub(super) fn start<W: AsyncWrite + Send + Unpin + 'static>(
        read: R,
        write: W,
        limit: usize,
    ) -> (Self, JoinHandle<()>) {
        let (out, messages) = mpsc::channel(WAITING);
        let written = tokio::spawn(write_all(write, messages));
        (Self { lines: Lines::new(read, limit), limit, has_begun: false, out: Some(out) }, written)
    }
}

async fn write_all<W: AsyncWrite + Unpin>(mut write: W, mut messages: mpsc::Receiver<Out>) {
    while let Some((line, done)) = messages.recv().await {
        let result = match write.write_all(&line).await {
            Ok(()) => write.flush().await,
            failed => failed,
        };
        if let Some(done) = done {
            // who asked may be gone
            let _ = done.send(result);
        }
    }
}

fn line_of(message: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

impl<R: AsyncRead + Send + Unpin> Transport<RoleServer> for Stdio<R> {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let out = self.out.clone();
        async move {
            let closed = || io::Error::from(io::ErrorKind::NotConnected);
            let (done, written) = oneshot::channel();
            let out = out.ok_or_else(closed)?;
            out.send((line_of(&item)?, Some(done))).await.map_err(|_| closed())?;
            written.await.map_err(|_| closed())?
        }
    }

    async fn receive(&mut self) -> Option<Message> {
        let out = self.out.clone()?;
        loop {
            // before the line is taken: who waits for it may stop waiting here, and nothing is lost
            let place = out.reserve().await.ok()?;
            let read = match self.lines.next().await {
                Ok(Some(Line::Whole(line))) => message::read(&line),
                Ok(Some(Line::TooLong(id))) => Read::Refused(message::too_long(&id, self.limit)),
                Ok(None) | Err(_) => return None,
            };
            match read {
                Read::Message(message) if self.is_heard(&message) => return Some(*message),
                Read::Message(_) | Read::Nothing => {}
                Read::Refused(answer) => send_now(place, &answer),
            }
        }
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.out = None;
        Ok(())
    }
}

fn send_now(place: mpsc::Permit<'_, Out>, answer: &Value) {
    // a value can always be written
    if let Ok(line) = line_of(answer) {
        place.send((line, None));
    }
}

impl<R> Stdio<R> {
    /// Whether the server hears the message: what asks nothing, and comes before the client has said what it speaks, would end the session.
    fn is_heard(&mut self, message: &Message) -> bool {
        let JsonRpcMessage::Request(request) = message else {
            return self.has_begun;
        };
        let is_first = matches!(request.request, ClientRequest::InitializeRequest(_));
        self.has_begun |= is_first || request.request.get_meta().protocol_version().is_some();
        true
    }
}
