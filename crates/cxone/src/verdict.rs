//! What an answer means: the contract's table of statuses, once.

use dncsync_core::answer::{Answer, Lasting, Later};
use dncsync_core::profile::Profile;
use dncsync_core::refusal::Refusal;

use crate::calls::Call;
use crate::errors;
use crate::fault::Fault;
use crate::reply::Reply;
use crate::told::Standing;
use crate::v2::scope;

/// Judges an answer to `call`. `decode` reads the body of a success; a body that it cannot read leaves open what
/// happened.
pub(crate) fn judge<T>(
    (profile, call): (Profile, Call),
    host: &str,
    reply: &Reply,
    decode: impl FnOnce(&[u8]) -> Option<T>,
) -> Answer<T> {
    let admin = profile == Profile::Admin;
    match reply.status.as_u16() {
        200..=299 => success(host, reply, decode),
        300..=399 => Answer::Lasting(wrong_address(host, "sends its callers elsewhere (a redirect)")),
        400 if admin && call == Call::CreateList && says_taken(reply) => Answer::Exists,
        400 if admin && call == Call::PostItems && says_full(reply) => Answer::Lasting(full(reply)),
        // The size of the page may be to blame: the caller knows whether to ask for less.
        400 if admin && call == Call::ReadItems => {
            Answer::Refused(errors::refusal(reply.explanation(), reply.said.as_deref()))
        }
        400 => bad_request(call, host, reply),
        401 => Answer::TokenRefused,
        403 if admin => Answer::Lasting(role_lacks(host, reply)),
        403 => Answer::Lasting(denied(host, reply)),
        404 if call.on_a_list() => Answer::Lasting(list_gone(reply)),
        404 => Answer::Lasting(no_api(profile, host)),
        // Before the other 5xx: a server that lacks the method did not go on with it.
        405 | 501 if call == Call::RemoveItems => Answer::Lasting(removal_unsupported(reply)),
        409 if call == Call::CreateList => Answer::Exists,
        409 if admin && call.on_a_list() => Answer::Lasting(inactive(reply.words().as_deref())),
        413 if call.sends_a_batch() => Answer::TooLarge,
        429 => Answer::ComeBack(Later { throttled: true, ..passing(host, reply) }),
        // Busy, in the Admin API: its own clients treat it as they treat 429.
        503 if admin => Answer::Unknown(Later { throttled: true, ..passing(host, reply) }),
        // A gateway may give up on a request that the server behind it goes on with: 408 and every 5xx leave it open.
        408 | 500.. => Answer::Unknown(passing(host, reply)),
        _ if reply.status.is_client_error() => Answer::Lasting(refused(host, reply)),
        _ => Answer::Unknown(passing(host, reply)),
    }
}

/// Judges an exchange that came to no answer.
pub(crate) fn without_answer<T>(fault: Fault) -> Answer<T> {
    // A host that takes a connection is the right one, although it said nothing: it gets the full patience.
    let later = Later { reason: fault.reason, retry_after: None, throttled: false, answered: fault.sent };
    if fault.sent { Answer::Unknown(later) } else { Answer::ComeBack(later) }
}

fn success<T>(host: &str, reply: &Reply, decode: impl FnOnce(&[u8]) -> Option<T>) -> Answer<T> {
    let decoded = match &reply.body {
        Ok(body) => {
            decode(body).ok_or_else(|| format!("{host} answered {} with a text that cannot be read", reply.status))
        }
        Err(reason) => Err(reason.clone()),
    };
    match decoded {
        Ok(told) => Answer::Applied(told),
        Err(reason) => Answer::Unknown(Later { reason, ..passing(host, reply) }),
    }
}

fn bad_request<T>(call: Call, host: &str, reply: &Reply) -> Answer<T> {
    match &reply.body {
        _ if !call.sends_a_batch() => Answer::Lasting(refused(host, reply)),
        Ok(body) => Answer::Refused(errors::refusal(body, reply.said.as_deref())),
        // Half an explanation may name the wrong items, and without one the batch would be halved for nothing.
        Err(reason) => Answer::Unknown(Later { reason: reason.clone(), ..passing(host, reply) }),
    }
}

/// A fault that passes, as far as the status and the server's words tell.
pub(crate) fn passing(host: &str, reply: &Reply) -> Later {
    let words = reply.words().map(|words| format!(": {words}")).unwrap_or_default();
    Later {
        reason: format!("{host} answered {}{words}", reply.status),
        retry_after: reply.retry_after,
        throttled: false,
        answered: true,
    }
}

/// Whether the words of a refusal say that the name is taken: the Admin API has no status of its own for it.
fn says_taken(reply: &Reply) -> bool {
    let words = reply.words().unwrap_or_default().to_ascii_lowercase();
    ["exist", "duplicate", "already", "unique", "in use"].iter().any(|said| words.contains(said))
}

/// Whether the words of a refusal say that the tenant holds as many active records as it can: none of the batch is to
/// blame for that.
fn says_full(reply: &Reply) -> bool {
    reply.words().unwrap_or_default().to_ascii_lowercase().contains("active records")
}

fn full(reply: &Reply) -> Lasting {
    let words = reply.words().unwrap_or_default();
    Lasting {
        code: "tenant.full",
        message: format!("the tenant's DNC groups hold as many active records as CXone takes: {words}"),
        todo: "make room in CXone, or ask NICE for a larger measure; nothing is lost, the next run goes on from here"
            .to_owned(),
        of_list: true,
    }
}

fn no_api(profile: Profile, host: &str) -> Lasting {
    match profile {
        Profile::V2 => wrong_address(host, "knows no Do-Not-Call lists under /api/v2/dnc (404)"),
        Profile::Admin => Lasting {
            todo: "check CXONE_API_VERSION (34 where it is not set), and CXONE_API_URL where it is set".to_owned(),
            ..wrong_address(host, "knows no DNC groups in that version of the Admin API (404)")
        },
    }
}

/// What an access key may do is what the role of its employee may do.
fn role_lacks(host: &str, reply: &Reply) -> Lasting {
    let words = reply.words().map(|words| format!(": {words}")).unwrap_or_default();
    Lasting {
        code: "access.denied",
        message: format!("{host} refuses access (403){words}"),
        todo:
            "in CXone's Admin, give the role of the employee who owns the access key `Do Not Call List`: view and edit"
                .to_owned(),
        of_list: false,
    }
}

/// A group that somebody made inactive takes no records.
pub(crate) fn inactive(words: Option<&str>) -> Lasting {
    let words = words.map(|words| format!(": {words}")).unwrap_or_default();
    Lasting {
        code: "list.inactive",
        message: format!("the DNC group is inactive, and CXone takes no records for it{words}"),
        todo: "activate it in CXone (Admin, Do Not Call), or name another list; nothing is lost, the next run goes on \
               from here"
            .to_owned(),
        of_list: true,
    }
}

/// An address that is not CXone's.
pub(crate) fn wrong_address(host: &str, how: &str) -> Lasting {
    Lasting {
        code: "address.wrong",
        message: format!("{host} {how}: the address is most likely wrong"),
        todo: "check CXONE_REGION, and CXONE_API_URL and CXONE_TOKEN_URL where they are set".to_owned(),
        of_list: false,
    }
}

/// A token that lacks scopes.
pub(crate) fn scope_missing(missing: &[&str]) -> Lasting {
    let missing = missing.join(" and ");
    Lasting {
        code: "scope.missing",
        message: format!("the token does not carry the scope {missing}"),
        todo: format!("give the API client the scopes {} in CXone", scope::WANTED.join(", ")),
        of_list: false,
    }
}

fn denied(host: &str, reply: &Reply) -> Lasting {
    let words = reply.words();
    if let Some(scope) = words.as_deref().and_then(scope::named_in) {
        return Lasting {
            message: format!("{host} refuses access (403): the scope {scope} is missing"),
            ..scope_missing(&[scope])
        };
    }
    let words = words.map(|words| format!(": {words}")).unwrap_or_default();
    Lasting {
        code: "access.denied",
        message: format!("{host} refuses access (403){words}"),
        todo: format!(
            "check that CXONE_REGION is the tenant's own ({host} may be another region), and that the API client has \
             the scopes {}",
            scope::WANTED.join(", ")
        ),
        of_list: false,
    }
}

fn list_gone(reply: &Reply) -> Lasting {
    let words = reply.words().map(|words| format!(": {words}")).unwrap_or_default();
    Lasting {
        code: "list.gone",
        message: format!("CXone does not know the list any more (404){words}"),
        todo: "see in CXone whether the list was deleted; run again to have it created anew".to_owned(),
        of_list: true,
    }
}

/// A tenant that knows no such method.
fn removal_unsupported(reply: &Reply) -> Lasting {
    let words = reply.words().map(|words| format!(": {words}")).unwrap_or_default();
    Lasting {
        code: "removal.unsupported",
        message: format!("CXone does not let this client remove items from the list ({}){words}", reply.status),
        todo: "remove them in CXone's own screens, or ask NICE for the permission".to_owned(),
        of_list: true,
    }
}

fn refused(host: &str, reply: &Reply) -> Lasting {
    let words = reply.words().unwrap_or_else(|| "no reason given".to_owned());
    Lasting {
        code: "request.refused",
        message: format!("{host} refuses the request ({}): {words}", reply.status),
        todo: "mend what the reason names; where it names nothing of yours, report it as a fault of dncsync".to_owned(),
        of_list: true,
    }
}

/// A page was refused, and not for its size.
pub(crate) fn refused_page(refusal: &Refusal) -> Lasting {
    Lasting {
        code: "request.refused",
        message: format!("CXone refuses to show a page of the list (400): {}", refusal.reason),
        todo: "where the reason names the order, set CXONE_ORDER_BY to another field, or to `none`".to_owned(),
        of_list: true,
    }
}

/// A token that opens no API that we know of.
pub(crate) fn nowhere() -> Lasting {
    Lasting {
        code: "discovery.failed",
        message: "nobody told where the tenant's API is".to_owned(),
        todo: "set CXONE_API_URL".to_owned(),
        of_list: false,
    }
}

/// Why nothing can be added to a list as it stands; `None` where it can.
pub fn standing_bars(standing: Standing) -> Option<Lasting> {
    match standing {
        Standing::Open => None,
        Standing::Inactive => Some(inactive(None)),
        Standing::Leaving => Some(Lasting {
            code: "list.leaving",
            message: "the DNC group is about to be deleted in CXone".to_owned(),
            todo: "name another list".to_owned(),
            of_list: true,
        }),
    }
}
