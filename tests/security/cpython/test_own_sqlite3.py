# SPDX-License-Identifier: MIT
"""The distribution's package leaves out CPython's tests of sqlite3; these are
ours: what the library asks of the kernel, rather than what SQL means."""
import multiprocessing
import os
import sqlite3
import tempfile
import threading
import unittest


def add_rows(path, count):
    with sqlite3.connect(path, timeout=60) as db:
        for _ in range(count):
            with db:
                db.execute("INSERT INTO numbers VALUES (1)")
    db.close()


class FileTests(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = os.path.join(place.name, "db")
        self.db = sqlite3.connect(self.path, timeout=60)
        self.addCleanup(self.db.close)
        self.db.execute("CREATE TABLE numbers (n INTEGER)")
        self.db.commit()

    def count(self):
        return self.db.execute("SELECT count(*) FROM numbers").fetchone()[0]

    def test_rollback_journal(self):
        self.db.execute("INSERT INTO numbers VALUES (1)")
        self.assertTrue(os.path.exists(self.path + "-journal"))
        self.db.rollback()
        self.assertEqual(self.count(), 0)

    def test_write_ahead_log(self):
        mode = self.db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        self.assertEqual(mode, "wal")
        add_rows(self.path, 10)
        self.assertTrue(os.path.exists(self.path + "-shm"))
        self.assertEqual(self.count(), 10)

    def test_mapped_reads(self):
        self.db.execute("PRAGMA mmap_size=1048576")
        add_rows(self.path, 100)
        self.assertEqual(self.count(), 100)

    def test_lock_is_seen_by_another_connection(self):
        self.db.execute("BEGIN EXCLUSIVE")
        other = sqlite3.connect(self.path, timeout=0)
        with self.assertRaisesRegex(sqlite3.OperationalError, "locked"):
            other.execute("SELECT * FROM numbers")
        other.close()

    def test_threads_take_turns(self):
        threads = [threading.Thread(target=add_rows, args=(self.path, 10))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.count(), 40)

    def test_processes_take_turns(self):
        context = multiprocessing.get_context("fork")
        processes = [context.Process(target=add_rows, args=(self.path, 10))
                     for _ in range(3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            self.assertEqual(process.exitcode, 0)
        self.assertEqual(self.count(), 30)

    def test_backup_and_vacuum(self):
        add_rows(self.path, 100)
        copy = sqlite3.connect(self.path + "-copy")
        self.db.backup(copy)
        copy.execute("VACUUM")
        self.assertEqual(
            copy.execute("SELECT count(*) FROM numbers").fetchone()[0], 100)
        copy.close()


class MemoryTests(unittest.TestCase):
    def test_sort_that_spills(self):
        db = sqlite3.connect(":memory:")
        db.execute("PRAGMA cache_size=10")
        db.execute("CREATE TABLE t (x)")
        db.executemany("INSERT INTO t VALUES (?)",
                       ((str(n * 7919 % 20000) * 10,) for n in range(20000)))
        rows = db.execute("SELECT x FROM t ORDER BY x").fetchall()
        self.assertEqual(len(rows), 20000)
        self.assertEqual(rows, sorted(rows))
        db.close()

    def test_functions_and_errors(self):
        db = sqlite3.connect(":memory:")
        db.create_function("twice", 1, lambda n: 2 * n)
        self.assertEqual(db.execute("SELECT twice(21)").fetchone(), (42,))
        with self.assertRaises(sqlite3.OperationalError):
            db.execute("SELECT nothing")
        db.close()


if __name__ == "__main__":
    unittest.main()
