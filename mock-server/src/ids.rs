//! What does an ARM resource id say: subscription, resource group, type, name, parent?
//!
//! Ids are compared without case everywhere; the key of a resource is its id in lower case. Shape:
//! `/subscriptions/{guid}[/resourceGroups/{name}][/providers/{namespace}(/{type}/{name})+]*`, and tenant-level
//! `/providers/{namespace}(/{type}/{name})+`. Source: azure-rest-api-specs `common-types/resource-management`.

use std::fmt;

/// The parts of a well-formed id; text as written, compared by [`ResourceId::key`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceId {
    text: String,
    /// Subscription, when there is one.
    pub subscription: Option<String>,
    /// Resource group, when there is one.
    pub resource_group: Option<String>,
    /// `Microsoft.Network/virtualNetworks/subnets`; of the last `providers` section. `Microsoft.Resources/…` for
    /// subscriptions and resource groups themselves.
    pub resource_type: String,
    /// Last segment.
    pub name: String,
    parent: Option<usize>,
}

impl ResourceId {
    /// Reads an id.
    ///
    /// # Errors
    /// A sentence fragment that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(path) = text.strip_prefix('/') else {
            return Err("does not begin with /".to_owned());
        };
        let segments: Vec<&str> = path.split('/').collect();
        if segments
            .iter()
            .any(|segment| segment.is_empty() || segment.trim() != *segment)
        {
            return Err("has an empty segment, a trailing / or white space".to_owned());
        }
        let mut reader = Reader {
            text,
            segments: &segments,
            at: 0,
            offset: 0,
        };
        reader.read()
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id in lower case: the key of the resource.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// The id of what this one lives in: the parent resource, the scope of an extension resource, the resource group
    /// or the subscription.
    pub fn parent(&self) -> Option<&str> {
        self.parent.map(|end| &self.text[..end])
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Is this text a GUID in its usual form, `8-4-4-4-12` hexadecimal digits?
pub fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 5
        && groups.iter().zip([8, 4, 4, 4, 12]).all(|(group, length)| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

struct Reader<'a> {
    text: &'a str,
    segments: &'a [&'a str],
    at: usize,
    /// Byte offset of the end of what was read.
    offset: usize,
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Result<ResourceId, String> {
        let mut id = ResourceId {
            text: self.text.to_owned(),
            subscription: None,
            resource_group: None,
            resource_type: String::new(),
            name: String::new(),
            parent: None,
        };
        if self.next_is("subscriptions") {
            self.subscription(&mut id)?;
            if self.next_is("resourceGroups") {
                self.resource_group(&mut id)?;
            }
        }
        while self.at < self.segments.len() {
            self.provider(&mut id)?;
        }
        Ok(id)
    }

    fn next_is(&self, literal: &str) -> bool {
        self.segments
            .get(self.at)
            .is_some_and(|segment| segment.eq_ignore_ascii_case(literal))
    }

    fn take(&mut self) -> Option<&'a str> {
        let segment = self.segments.get(self.at).copied()?;
        self.at += 1;
        self.offset += 1 + segment.len();
        Some(segment)
    }

    fn subscription(&mut self, id: &mut ResourceId) -> Result<(), String> {
        self.take();
        let subscription = self
            .take()
            .ok_or("names no subscription after /subscriptions")?;
        if !is_guid(subscription) {
            return Err(format!("subscription is not a GUID: {subscription}"));
        }
        id.subscription = Some(subscription.to_owned());
        "Microsoft.Resources/subscriptions".clone_into(&mut id.resource_type);
        subscription.clone_into(&mut id.name);
        Ok(())
    }

    fn resource_group(&mut self, id: &mut ResourceId) -> Result<(), String> {
        let parent = self.offset;
        self.take();
        let group = self
            .take()
            .ok_or("names no resource group after /resourceGroups")?;
        id.resource_group = Some(group.to_owned());
        "Microsoft.Resources/resourceGroups".clone_into(&mut id.resource_type);
        group.clone_into(&mut id.name);
        id.parent = Some(parent);
        Ok(())
    }

    fn provider(&mut self, id: &mut ResourceId) -> Result<(), String> {
        if !self.next_is("providers") {
            let found = self.segments.get(self.at).copied().unwrap_or_default();
            return Err(format!("has {found} where /providers belongs"));
        }
        let mut parent = self.offset;
        self.take();
        let namespace = self.take().ok_or("names no namespace after /providers")?;
        if !namespace.contains('.') {
            return Err(format!("has a namespace without a dot: {namespace}"));
        }
        namespace.clone_into(&mut id.resource_type);
        let mut pairs = 0;
        while self.at < self.segments.len() && (pairs == 0 || !self.next_is("providers")) {
            let kind = self.take().unwrap_or_default();
            let name = self
                .take()
                .ok_or_else(|| format!("names no resource after the type {kind}"))?;
            id.resource_type = format!("{}/{kind}", id.resource_type);
            name.clone_into(&mut id.name);
            id.parent = (parent > 0).then_some(parent);
            parent = self.offset;
            pairs += 1;
        }
        if pairs == 0 {
            Err(format!(
                "names no type and name after /providers/{namespace}"
            ))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

    #[test]
    fn a_nested_resource_knows_type_name_and_parent() {
        let text = format!(
            "{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault/privateDnsZoneGroups/default"
        );
        let id = ResourceId::parse(&text).unwrap();
        assert_eq!(
            id.resource_type,
            "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"
        );
        assert_eq!(id.name, "default");
        assert_eq!(id.parent(), Some(format!("{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault").as_str()));
    }

    #[test]
    fn the_parent_of_an_extension_resource_is_its_scope() {
        let id = ResourceId::parse(&format!(
            "{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/1"
        ))
        .unwrap();
        assert_eq!(id.parent(), Some(SUBSCRIPTION));
        assert_eq!(id.resource_group, None);
        let group =
            ResourceId::parse("/providers/Microsoft.Management/managementGroups/root").unwrap();
        assert_eq!(group.parent(), None);
        assert_eq!(group.resource_type, "Microsoft.Management/managementGroups");
    }

    #[test]
    fn malformed_ids_say_why() {
        for (text, why) in [
            ("subscriptions/x", "does not begin with /"),
            ("/subscriptions/x", "subscription is not a GUID: x"),
            (
                &format!("{SUBSCRIPTION}/"),
                "has an empty segment, a trailing / or white space",
            ),
            (
                &format!("{SUBSCRIPTION}/resourceGroups"),
                "names no resource group after /resourceGroups",
            ),
            (
                &format!("{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks"),
                "names no resource after the type virtualNetworks",
            ),
            (
                &format!("{SUBSCRIPTION}/provider/x"),
                "has provider where /providers belongs",
            ),
        ] {
            assert_eq!(ResourceId::parse(text).unwrap_err(), why, "{text}");
        }
    }
}
