"""python3 -m stele_verify"""
import sys

from .command import main

sys.exit(main())
