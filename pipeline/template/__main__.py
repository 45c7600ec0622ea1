"""Write the blank form of the rules to templates/应进必进填报表.xlsx."""

import sys

from pipeline.template.book import main

sys.exit(main())
