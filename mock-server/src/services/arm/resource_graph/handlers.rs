//! Requests to Resource Graph: scopes, options, pages, formats.
//!
//! Limits and headers: `specs/resourcegraph/2024-04-01`; azure-docs, `governance/resource-graph/concepts/work-with-data.md`
//! (pages, `resultTruncated`) and `guidance-for-throttled-requests.md` (15 queries in 5 seconds). The text of `AccessDenied`
//! is ours.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::query::run::{Row, Rows};
use super::query::{Fault, parse::parse};
use super::tables::{COLUMNS, DYNAMIC, Reader, shown};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::page;
use crate::services::arm::subscriptions::holds_a_role_in;
use crate::services::arm::write::{Body, body, fields};
use crate::store::State;
use crate::world::ManagementGroup;

/// Most rows of a page, and how many it has when nobody says.
const PAGE: usize = 1000;

pub(super) fn operations(_: &Context, _: &Request, _: Option<&Caller>) -> Reply {
    let operation = |name: &str, resource: &str, operation: &str, description: &str| {
        json!({
            "name": format!("Microsoft.ResourceGraph/{name}/read"),
            "display": {
                "provider": "Microsoft Resource Graph",
                "resource": resource,
                "operation": operation,
                "description": description,
            },
        })
    };
    page::single(vec![
        operation(
            "operations",
            "Operation",
            "Get Operations",
            "Gets the list of supported operations",
        ),
        operation(
            "resources",
            "Resources",
            "Query resources",
            "Submits a query on resources within specified subscriptions, the specified management groups, or against all access granted in the tenant.",
        ),
    ])
}

pub(super) fn resources(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let Some(caller) = caller else {
        return page::single(Vec::new());
    };
    let reply = answer(context, request, caller).unwrap_or_else(|refused| refused);
    reply
        .with("x-ms-user-quota-remaining", "14")
        .with("x-ms-user-quota-resets-after", "00:00:05")
}

fn answer(context: &Context, request: &Request, caller: &Caller) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let refuse = |fault: Fault| bad_query(context, request, &fault);
    let asked = Asked::read(&given).map_err(|why| match why {
        Wrong::Body(reply) => reply,
        Wrong::Option(why) => refuse(Fault::meaning(why)),
    })?;
    let state = context.state();
    let subscriptions = subscriptions(&state, caller, &given)?;
    let subscriptions = subscriptions.ok_or_else(|| access_denied(context, request))?;
    let reader = Reader {
        state: &state,
        caller,
        subscriptions,
    };
    let query = parse(&asked.query).map_err(refuse)?;
    let later = |id: &str, column: &str| {
        let shown = shown(context, request, id);
        let shown = shown.or_else(|| Some(Value::Object(state.resource(id)?.body.clone())));
        shown.map_or(Value::Null, |it| it[column].clone())
    };
    let rows = Rows {
        columns: COLUMNS.iter().map(|it| (*it).to_owned()).collect(),
        rows: reader.rows(&query.table).map_err(refuse)?,
        later: &later,
        made: std::cell::Cell::default(),
    };
    let rows = rows.apply(&query).map_err(refuse)?;
    Ok(Reply::ok(&asked.page(&rows, query.has_pages())))
}

/// What a body asks besides its scope.
struct Asked {
    query: String,
    is_table: bool,
    top: usize,
    skip: usize,
}

enum Wrong {
    Body(Reply),
    Option(String),
}

impl From<Reply> for Wrong {
    fn from(reply: Reply) -> Self {
        Self::Body(reply)
    }
}

impl Asked {
    fn read(given: &Body) -> Result<Self, Wrong> {
        let query = fields::required_text(given, "/query")?;
        if !fields::array(given, "/facets")?.is_empty() {
            return Err(Wrong::Option("the mock computes no facets".to_owned()));
        }
        let format = fields::one_of(given, "/options/resultFormat", &["table", "objectArray"])?;
        let token = fields::text(given, "/options/$skipToken")?.filter(|it| !it.is_empty());
        let (skip, top) = match token {
            None => (0, PAGE),
            Some(token) => read_token(token).ok_or_else(|| {
                Wrong::Option("the $skipToken is not one that a query gave out".to_owned())
            })?,
        };
        let number = |name: &str, least: i64, most: i64, default: usize| match fields::number(
            given,
            &format!("/options/{name}"),
        )? {
            None => Ok(default),
            Some(number) if (least..=most).contains(&number) => {
                Ok(usize::try_from(number).unwrap_or(default))
            }
            Some(number) => Err(Wrong::Option(format!(
                "{name} is {number}, which is not between {least} and {most}"
            ))),
        };
        Ok(Self {
            query: query.to_owned(),
            is_table: format == Some("table"),
            top: number("$top", 1, 1000, top)?,
            skip: number("$skip", 0, i64::from(i32::MAX), skip)?,
        })
    }

    fn page(&self, rows: &Rows<'_>, has_pages: bool) -> Value {
        let total = rows.rows.len();
        let page = rows.rows.iter().skip(self.skip).take(self.top);
        let page: Vec<&Row> = page.collect();
        let more = self.skip.saturating_add(page.len()) < total;
        let data = if self.is_table {
            table(rows, &page)
        } else {
            objects(rows, &page)
        };
        let mut body = json!({
            "totalRecords": total,
            "count": page.len(),
            "data": data,
            "facets": [],
            "resultTruncated": if more && !has_pages { "true" } else { "false" },
        });
        if more && has_pages {
            body["$skipToken"] = json!(token(self.skip + page.len(), self.top));
        }
        body
    }
}

fn objects(rows: &Rows<'_>, page: &[&Row]) -> Value {
    let object = |row: &&Row| -> Map<String, Value> {
        let cells = rows.columns.iter();
        cells.map(|it| (it.clone(), rows.cell(row, it))).collect()
    };
    json!(page.iter().map(object).collect::<Vec<_>>())
}

fn table(rows: &Rows<'_>, page: &[&Row]) -> Value {
    let cells =
        |row: &&Row| -> Vec<Value> { rows.columns.iter().map(|it| rows.cell(row, it)).collect() };
    let values: Vec<Vec<Value>> = page.iter().map(cells).collect();
    let column = |(index, name): (usize, &String)| {
        let known = values
            .iter()
            .map(|row| &row[index])
            .find(|it| !it.is_null());
        let kind = match known {
            Some(Value::Number(_)) => "integer",
            Some(Value::Bool(_)) => "boolean",
            Some(Value::Array(_) | Value::Object(_)) => "object",
            None if DYNAMIC.contains(&name.as_str()) => "object",
            _ => "string",
        };
        json!({"name": name, "type": kind})
    };
    let columns: Vec<Value> = rows.columns.iter().enumerate().map(column).collect();
    json!({"columns": columns, "rows": values})
}

fn token(skip: usize, top: usize) -> String {
    STANDARD.encode(json!({"skip": skip, "top": top}).to_string())
}

fn read_token(token: &str) -> Option<(usize, usize)> {
    let token: Value = serde_json::from_slice(&STANDARD.decode(token).ok()?).ok()?;
    let number = |name: &str| usize::try_from(token.get(name)?.as_u64()?).ok();
    Some((number("skip")?, number("top")?.clamp(1, PAGE)))
}

/// The subscriptions in which the caller holds a role, of those that the body names, or of its tenant; nothing when it names
/// some and holds a role in none.
fn subscriptions(
    state: &State,
    caller: &Caller,
    given: &Body,
) -> Result<Option<Vec<String>>, Reply> {
    let named = fields::texts(given, "/subscriptions")?;
    let groups = fields::texts(given, "/managementGroups")?;
    let is_named = |id: &str| {
        named.iter().any(|it| it.eq_ignore_ascii_case(id))
            || groups.iter().any(|group| is_below(state, id, group))
    };
    let everything = named.is_empty() && groups.is_empty();
    let own = state.tenant(&caller.tenant_id);
    let own = own.map(|it| it.subscriptions.as_slice());
    let found: Vec<String> = own
        .unwrap_or_default()
        .iter()
        .filter(|it| everything || is_named(&it.id))
        .filter(|it| holds_a_role_in(state, caller, &it.id))
        .map(|it| it.id.clone())
        .collect();
    Ok((everything || !found.is_empty()).then_some(found))
}

fn is_below(state: &State, subscription: &str, group: &str) -> bool {
    let above =
        crate::rbac::assignment::scopes_up(state, &format!("/subscriptions/{subscription}"));
    let group = ManagementGroup::id_of(group);
    above.iter().any(|it| it.eq_ignore_ascii_case(&group))
}

fn access_denied(context: &Context, request: &Request) -> Reply {
    let detail = json!({
        "code": "AccessDenied",
        "message": "Access is denied to the requested resource. The user might not have enough permission.",
    });
    refusal(
        context,
        request,
        (StatusCode::FORBIDDEN, "AccessDenied"),
        vec![detail],
    )
}

fn bad_query(context: &Context, request: &Request, fault: &Fault) -> Reply {
    let mut detail = json!({"code": fault.code, "message": fault.code});
    if let Some((token, line, column)) = &fault.token {
        detail["line"] = json!(line);
        detail["characterPositionInLine"] = json!(column);
        detail["token"] = json!(token);
    }
    let mut details = vec![json!({
        "code": "InvalidQuery",
        "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.",
    })];
    if fault.token.is_some() {
        details.push(detail);
    }
    details.push(json!({"code": "NotUnderstood", "message": fault.why}));
    let error = (StatusCode::BAD_REQUEST, "BadRequest");
    refusal(context, request, error, details)
}

fn refusal(
    context: &Context,
    request: &Request,
    (status, code): (StatusCode, &str),
    details: Vec<Value>,
) -> Reply {
    let message = format!(
        "Please provide below info when asking for support: timestamp = {}, correlationId = {}.",
        rfc3339(context.clock.now()),
        request.request_id
    );
    let body = json!({"error": {"code": code, "message": message, "details": details}});
    Reply::json(status, &body)
}
