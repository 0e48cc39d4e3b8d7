//! Regions of public Azure: the two of the example world, and those of the official example (`GetLocations.json`).

use serde_json::{Value, json};

/// A region.
#[derive(Clone, Copy, Debug)]
pub struct Location {
    /// `japaneast`.
    pub name: &'static str,
    /// `Japan East`.
    pub display_name: &'static str,
    geography: &'static str,
    group: &'static str,
    place: &'static str,
    longitude: &'static str,
    latitude: &'static str,
    pair: &'static str,
}

/// THE list; places are those of `az account list-locations`.
pub const LOCATIONS: &[Location] = &[
    location(
        ["eastus", "East US", "westus"],
        ["United States", "US", "Virginia"],
        ["-79.8164", "37.3719"],
    ),
    location(
        ["eastus2", "East US 2", "centralus"],
        ["United States", "US", "Virginia"],
        ["-78.3889", "36.6681"],
    ),
    location(
        ["westus", "West US", "eastus"],
        ["United States", "US", "California"],
        ["-122.417", "37.783"],
    ),
    location(
        ["centralus", "Central US", "eastus2"],
        ["United States", "US", "Iowa"],
        ["-93.6208", "41.5908"],
    ),
    location(
        ["northeurope", "North Europe", "westeurope"],
        ["Europe", "Europe", "Ireland"],
        ["-6.2597", "53.3478"],
    ),
    location(
        ["westeurope", "West Europe", "northeurope"],
        ["Europe", "Europe", "Netherlands"],
        ["4.9", "52.3667"],
    ),
    location(
        ["japaneast", "Japan East", "japanwest"],
        ["Japan", "Asia Pacific", "Tokyo, Saitama"],
        ["139.77", "35.68"],
    ),
    location(
        ["japanwest", "Japan West", "japaneast"],
        ["Japan", "Asia Pacific", "Osaka"],
        ["135.5022", "34.6939"],
    ),
];

const fn location(
    [name, display_name, pair]: [&'static str; 3],
    [geography, group, place]: [&'static str; 3],
    [longitude, latitude]: [&'static str; 2],
) -> Location {
    Location {
        name,
        display_name,
        geography,
        group,
        place,
        longitude,
        latitude,
        pair,
    }
}

impl Location {
    /// As a subscription lists it.
    pub fn shown(&self, subscription: &str) -> Value {
        let id = |name: &str| format!("/subscriptions/{subscription}/locations/{name}");
        json!({
            "id": id(self.name),
            "name": self.name,
            "type": "Region",
            "displayName": self.display_name,
            "regionalDisplayName": format!("({}) {}", self.group, self.display_name),
            "metadata": {
                "regionType": "Physical",
                "regionCategory": "Recommended",
                "geography": self.geography,
                "geographyGroup": self.group,
                "longitude": self.longitude,
                "latitude": self.latitude,
                "physicalLocation": self.place,
                "pairedRegion": [{"name": self.pair, "id": id(self.pair)}],
            },
        })
    }
}
