from django import template

from coderpath_site.sessions import browser_name

register = template.Library()
register.filter(browser_name)
