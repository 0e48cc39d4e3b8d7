//! `Microsoft.Web`. Source: `specs/web/2023-12-01/CommonDefinitions.json`, `Site`, `SiteConfig`, `NameValuePair`; the
//! same file of azure-rest-api-specs, `AppServicePlan`.

use super::{Type, row};

pub(super) const TYPES: &[Type] = &[SITE, PLAN];

const PLAN: Type = row(
    "Microsoft.Web/serverfarms",
    &[(
        "",
        "elasticScaleEnabled freeOfferExpirationTime geoRegion hostingEnvironmentProfile hyperV isSpot isXenon \
         kubeEnvironmentProfile maximumElasticWorkerCount maximumNumberOfWorkers numberOfSites numberOfWorkers \
         perSiteScaling provisioningState reserved resourceGroup spotExpirationTime status subscription \
         targetWorkerCount targetWorkerSizeId workerTierName zoneRedundant",
    )],
);

const SITE: Type = row(
    "Microsoft.Web/sites",
    &[
        (
            "",
            "availabilityState clientAffinityEnabled clientCertEnabled clientCertExclusionPaths clientCertMode cloningInfo \
             containerSize customDomainVerificationId dailyMemoryTimeQuota daprConfig defaultHostName dnsConfiguration \
             enabled enabledHostNames functionAppConfig hostNameSslStates hostNames hostNamesDisabled \
             hostingEnvironmentProfile httpsOnly hyperV inProgressOperationId isDefaultContainer isXenon \
             keyVaultReferenceIdentity lastModifiedTimeUtc managedEnvironmentId maxNumberOfWorkers outboundIpAddresses \
             possibleOutboundIpAddresses publicNetworkAccess redundancyMode repositorySiteName reserved resourceConfig \
             resourceGroup scmSiteAlsoStopped serverFarmId siteConfig slotSwapStatus state storageAccountRequired \
             suspendedTill targetSwapSlot trafficManagerHostNames usageState virtualNetworkSubnetId \
             vnetBackupRestoreEnabled vnetContentShareEnabled vnetImagePullEnabled vnetRouteAllEnabled \
             workloadProfileName",
        ),
        (
            "siteConfig",
            "acrUseManagedIdentityCreds acrUserManagedIdentityID alwaysOn apiDefinition apiManagementConfig appCommandLine \
             appSettings authSettingsV2 autoHealEnabled autoHealRules autoSwapSlotName azureStorageAccounts connectionStrings cors \
             defaultDocuments detailedErrorLoggingEnabled documentRoot elasticWebAppScaleLimit experiments ftpsState \
             functionAppScaleLimit functionsRuntimeScaleMonitoringEnabled handlerMappings healthCheckPath http20Enabled \
             httpLoggingEnabled ipSecurityRestrictions ipSecurityRestrictionsDefaultAction javaContainer \
             javaContainerVersion javaVersion keyVaultReferenceIdentity limits linuxFxVersion loadBalancing \
             localMySqlEnabled logsDirectorySizeLimit machineKey managedPipelineMode managedServiceIdentityId metadata \
             minTlsCipherSuite minTlsVersion minimumElasticInstanceCount netFrameworkVersion nodeVersion numberOfWorkers \
             phpVersion powerShellVersion preWarmedInstanceCount publicNetworkAccess publishingUsername push \
             pythonVersion remoteDebuggingEnabled remoteDebuggingVersion requestTracingEnabled \
             requestTracingExpirationTime scmIpSecurityRestrictions scmIpSecurityRestrictionsDefaultAction \
             scmIpSecurityRestrictionsUseMain scmMinTlsVersion scmType tracingOptions use32BitWorkerProcess \
             virtualApplications vnetName vnetPrivatePortsCount vnetRouteAllEnabled webSocketsEnabled websiteTimeZone \
             windowsFxVersion xManagedServiceIdentityId",
        ),
        ("siteConfig.appSettings[]", "name value"),
        (
            "dnsConfiguration",
            "dnsAltServer dnsLegacySortOrder dnsMaxCacheTimeout dnsRetryAttemptCount dnsRetryAttemptTimeout dnsServers",
        ),
    ],
);
