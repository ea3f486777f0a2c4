package org.daemonspec.internal.generate;

/** What a unit takes away from a service, see "Sandboxing" in systemd.exec(5): as much as a JVM can be without. */
final class UnitHardening {

    private UnitHardening() {}

    static void addTo(Lines lines, Service service) {
        String kept = UnitContext.capabilities(service.spec().context());
        lines.blank().comment("What it may: see systemd-analyze security " + UnitFile.name(service));
        if (service.owner().isRoot()) {
            lines.comment("Root without what makes it root; add the capabilities that the service needs.");
        }
        lines.set("CapabilityBoundingSet", kept);
        if (!service.owner().isRoot()) {
            lines.set("AmbientCapabilities", kept);
        }
        if (service.hasPrivilegedPort() && !kept.contains("CAP_NET_BIND_SERVICE")) {
            lines.comment("Without the socket unit it opens a port below 1024 itself, and needs in addition:")
                    .comment("CapabilityBoundingSet=CAP_NET_BIND_SERVICE")
                    .comment("AmbientCapabilities=CAP_NET_BIND_SERVICE");
        }
        lines.set("NoNewPrivileges", "yes").set("ProtectSystem", "strict");
        if (!service.owner().isRoot()) {
            lines.set("RemoveIPC", "yes");
        }
        home(lines, service);
        if (service.isIn("/tmp") || service.isIn("/var/tmp")) {
            lines.comment("Something of it is in a directory for temporary files.")
                    .set("PrivateTmp", "no");
        } else {
            lines.set("PrivateTmp", "yes");
        }
        lines.set("PrivateMounts", "yes")
                .set("PrivateDevices", "yes")
                .set("DevicePolicy", "closed")
                .set("ProtectClock", "yes")
                .set("ProtectControlGroups", "yes")
                .set("ProtectHostname", "yes")
                .set("ProtectKernelLogs", "yes")
                .set("ProtectKernelModules", "yes")
                .set("ProtectKernelTunables", "yes")
                .comment("Not ProcSubset=pid: a JVM looks for memory and processors in /proc, and for limits in"
                        + " /proc/sys.")
                .set("ProtectProc", "invisible")
                .set("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6")
                .set("RestrictNamespaces", "yes");
        if (UnitContext.isRealtime(service.spec().context())) {
            lines.comment("Not RestrictRealtime=: it is specified to have a real-time policy.");
        } else {
            lines.set("RestrictRealtime", "yes");
        }
        lines.set("RestrictSUIDSGID", "yes")
                .set("LockPersonality", "yes")
                .set("KeyringMode", "private")
                .comment("Not MemoryDenyWriteExecute=: a JVM compiles to memory and then executes it.")
                .comment("System calls beyond these fail with EPERM, rather than end it.")
                .set("SystemCallArchitectures", "native")
                .set("SystemCallErrorNumber", "EPERM")
                .set("SystemCallFilter", "@system-service")
                .set("SystemCallFilter", "~@privileged @resources")
                .comment("Java's Files.copy and setOwner; the kernel still asks who it is.")
                .set("SystemCallFilter", "@chown");
    }

    private static void home(Lines lines, Service service) {
        if (service.isIn("/home") || service.isIn("/root") || service.isIn("/run/user")) {
            lines.comment("Something of it is in a home directory; better installed elsewhere, with ProtectHome=yes.")
                    .set("ProtectHome", "read-only");
        } else {
            lines.set("ProtectHome", "yes");
        }
    }
}
