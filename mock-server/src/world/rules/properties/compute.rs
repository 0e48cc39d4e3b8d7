//! Virtual machines, as far as networks depend on them. Source: azure-rest-api-specs,
//! `compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/virtualMachine.json`
//! (`VirtualMachineProperties`, `VirtualMachineExtensionProperties`).

use super::{Type, row};

pub(super) const TYPES: &[Type] = &[
    row(
        "Microsoft.Compute/virtualMachines",
        &[
            (
                "",
                "additionalCapabilities applicationProfile availabilitySet billingProfile capacityReservation \
                 diagnosticsProfile evictionPolicy extensionsTimeBudget hardwareProfile host hostGroup instanceView \
                 licenseType networkProfile osProfile platformFaultDomain priority provisioningState \
                 proximityPlacementGroup scheduledEventsPolicy scheduledEventsProfile securityProfile storageProfile \
                 timeCreated userData virtualMachineScaleSet vmId",
            ),
            (
                "instanceView",
                "assignedHost bootDiagnostics computerName disks extensions hyperVGeneration isVMInStandbyPool \
                 maintenanceRedeployStatus osName osVersion patchStatus platformFaultDomain platformUpdateDomain \
                 rdpThumbPrint statuses vmAgent vmHealth",
            ),
            (
                "instanceView.statuses[]",
                "code displayStatus level message time",
            ),
        ],
    ),
    row(
        "Microsoft.Compute/virtualMachines/extensions",
        &[(
            "",
            "autoUpgradeMinorVersion enableAutomaticUpgrade forceUpdateTag instanceView protectedSettings \
             protectedSettingsFromKeyVault provisionAfterExtensions provisioningState publisher settings \
             suppressFailures type typeHandlerVersion",
        )],
    ),
];
