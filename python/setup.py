# SPDX-License-Identifier: Apache-2.0
"""Builds the package: its module is built by CMake with the rest of the project (cmake/python.cmake) and put into the wheel,
or beside the sources where they are installed as editable. JALKI_BUILD names a build folder; without it, build/release."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCE = pathlib.Path(__file__).resolve().parent.parent
VERSION = re.search(r"project\(jalki VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text()).group(1)


class BuildByCMake(build_ext):
    def build_extension(self, extension):
        build = pathlib.Path(os.environ.get("JALKI_BUILD", SOURCE / "build" / "release"))
        if not (build / "CMakeCache.txt").exists():
            subprocess.run(["cmake", "-S", SOURCE, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DJALKI_TESTS=OFF",
                            f"-DPython3_EXECUTABLE={sys.executable}"], check=True)
        subprocess.run(["cmake", "--build", build, "--target", "jalki_python"], check=True)
        target = pathlib.Path(self.get_ext_fullpath(extension.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(build / "python" / "jalki" / "_jalki.abi3.so", target)


setup(version=VERSION, cmdclass={"build_ext": BuildByCMake},
      ext_modules=[Extension("jalki._jalki", ["jalki/_jalki.c"], py_limited_api=True)],
      options={"bdist_wheel": {"py_limited_api": "cp311"}})
