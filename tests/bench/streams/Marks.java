import java.lang.management.ManagementFactory;

/** Tells wall clock and CPU at the first record, at half of them, and when all are through. */
final class Marks {
    private final com.sun.management.OperatingSystemMXBean machine = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long all;
    private long done;
    private boolean begun;
    final java.util.concurrent.CountDownLatch end = new java.util.concurrent.CountDownLatch(1);

    Marks(long all) {
        this.all = all;
    }

    void begins() {
        if (!begun) {
            begun = true;
            say();
        }
    }

    void done() {
        done++;
        if (done == all / 2 || done == all) say();
        if (done == all) end.countDown();
    }

    private void say() {
        System.out.printf("MARK %d %d %d%n", done, System.nanoTime(), machine.getProcessCpuTime());
        System.out.flush();
    }
}
